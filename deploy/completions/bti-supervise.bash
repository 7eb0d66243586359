# bash completion for bti-supervise(1), made by make generate

# Prints the profiles that begin with $1, which may have an at sign before the name; or files where $1 is a path.
_bti_supervise_profiles() {
    local file sign=
    [[ $1 == @* ]] && sign=@
    if [[ $1 == */* ]]; then
        compgen -f -- "$1"
        return
    fi
    for file in "${XDG_CONFIG_HOME:-$HOME/.config}"/bind-to-interface/*.json /etc/bind-to-interface/*.json; do
        [[ -e $file ]] || continue
        file=${file##*/}
        compgen -W "$sign${file%.json}" -- "$1"
    done
}

# Completes the value of an option.
_bti_supervise_value() {
    local option=$1 current=$2
    case $option in
    --profile)
        mapfile -t COMPREPLY < <(_bti_supervise_profiles "$current")
        ;;
    -i|--interface)
        mapfile -t COMPREPLY < <(compgen -W "$(command ls /sys/class/net 2>/dev/null)" -- "$current")
        ;;
    --resolver-daemons)
        mapfile -t COMPREPLY < <(compgen -W "allow refuse" -- "$current")
        ;;
    --log-level)
        mapfile -t COMPREPLY < <(compgen -W "trace debug information warning error none" -- "$current")
        ;;
    --log-format)
        mapfile -t COMPREPLY < <(compgen -W "text json" -- "$current")
        ;;
    --log-file)
        compopt -o filenames
        mapfile -t COMPREPLY < <(compgen -f -- "$current")
        ;;
    --trace-format)
        mapfile -t COMPREPLY < <(compgen -W "text json" -- "$current")
        ;;
    --metrics-file)
        compopt -o filenames
        mapfile -t COMPREPLY < <(compgen -f -- "$current")
        ;;
    --format)
        mapfile -t COMPREPLY < <(compgen -W "text json" -- "$current")
        ;;
    --trace)
        compopt -o filenames
        mapfile -t COMPREPLY < <(compgen -f -- "$current")
        ;;
    esac
}

# Whether no space is before the word with this number: bash makes words of their own of the colons of an address.
_bti_supervise_goes_on() {
    local line=$COMP_LINE n
    for ((n = 0; n < $1; n++)); do
        line=${line#*"${COMP_WORDS[n]}"}
    done
    [[ -n $line && $line != [[:space:]]* ]]
}

_bti_supervise() {
    local i=1 word option
    while ((i < COMP_CWORD)); do
        word=${COMP_WORDS[i]}
        option=
        case $word in
        --)
            ((i++))
            break
            ;;
        --profile|--interface|--route|--dns|--dns-port|--exclude|--source-ip|--resolver-daemons|--log-level|--log-format|--log-file|--trace-format|--metrics-file|--probe|--format)
            option=$word
            ;;
        --trace)
            # Its value, where it has one, follows an equals sign.
            [[ ${COMP_WORDS[i + 1]} == = ]] && option=$word
            ;;
        @*)
            # Where bash-completion is not loaded, bash makes a word of its own of an at sign.
            if [[ $word == @ ]] && ((++i == COMP_CWORD)); then
                mapfile -t COMPREPLY < <(_bti_supervise_profiles "@${COMP_WORDS[i]}")
                return
            fi
            ;;
        --*) ;;
        -?*)
            # The last letter of a bundle may have a value.
            [[ $word =~ ^-[vqh]*([idx])$ ]] && option=-${BASH_REMATCH[1]}
            ;;
        *)
            break
            ;;
        esac
        ((i++))
        # Bash makes a word of its own of an equals sign.
        if [[ $i -le $COMP_CWORD && ${COMP_WORDS[i]} == = ]]; then
            ((i++))
            [[ -n $option ]] || continue
            if ((i > COMP_CWORD)); then
                _bti_supervise_value "$option" ""
                return
            fi
        fi
        if [[ -n $option ]]; then
            if ((i == COMP_CWORD)); then
                _bti_supervise_value "$option" "${COMP_WORDS[COMP_CWORD]}"
                return
            fi
            ((i++))
        fi
        while ((i <= COMP_CWORD)) && _bti_supervise_goes_on "$i"; do
            ((i++ < COMP_CWORD)) || return
        done
    done
    if [[ $i -eq $COMP_CWORD && ${COMP_WORDS[i]} == @* && ${COMP_WORDS[i - 1]} != -- ]]; then
        mapfile -t COMPREPLY < <(_bti_supervise_profiles "${COMP_WORDS[i]}")
    elif [[ $i -eq $COMP_CWORD && ${COMP_WORDS[i]} == -* && ${COMP_WORDS[i - 1]} != -- ]]; then
        mapfile -t COMPREPLY < <(compgen -W "--profile -i --interface --require-interface --strict --route -d --dns --dns-port -x --exclude --source-ip --resolver-daemons --wait-interface --exit-with-program -v --verbose -q --quiet --log-level --log-format --log-file --trace --trace-format --summary --dry-run --metrics-file --status --dump-filter --check --probe --format -h --help --version" -- "${COMP_WORDS[i]}")
    elif declare -F _comp_command_offset >/dev/null; then
        _comp_command_offset "$i"
    elif declare -F _command_offset >/dev/null; then
        _command_offset "$i"
    elif ((i == COMP_CWORD)); then
        mapfile -t COMPREPLY < <(compgen -c -- "${COMP_WORDS[i]}")
    else
        compopt -o default
    fi
}

complete -F _bti_supervise bti-supervise
