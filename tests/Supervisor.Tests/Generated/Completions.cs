using System.Text;
using BindToInterface.Supervisor.Configuration;

namespace BindToInterface.Supervisor.Tests.Generated;

/// <summary>
/// The completions of shells. They complete the options and their values up to the program, and then leave the program and its
/// arguments to its own completions.
/// </summary>
internal static class Completions
{
    private static readonly Setting[] WithValue = [.. Setting.All.Where(setting => setting.ValueName is not null)];

    /// <summary>Those that take a file after an equals sign, or nothing.</summary>
    private static readonly Setting[] MayNameFile = [.. Setting.All.Where(setting => setting.OptionalValueName == "PATH")];

    private static readonly Setting[] Alone = [.. Setting.All.Where(setting => setting.ValueName is null)];

    /// <summary>Letters of options as a bracket expression has them.</summary>
    private static string Letters(IEnumerable<Setting> settings) => string.Concat(settings.Select(setting => setting.ShortOption?[1..]));

    private static string Plain(string help) => help.Replace("`", "", StringComparison.Ordinal);

    public static string Bash()
    {
        var values = new StringBuilder();
        foreach (Setting setting in WithValue)
        {
            string names = setting.ShortOption is string letter ? $"{letter}|{setting.Option}" : setting.Option;
            string? reply = setting switch
            {
                { Words.Count: > 0 } => $"""compgen -W "{string.Join(' ', setting.Words)}" -- "$current" """,
                { ValueName: "PROFILE" } => """_bti_supervise_profiles "$current" """,
                { ValueName: "NAME" } => """compgen -W "$(command ls /sys/class/net 2>/dev/null)" -- "$current" """,
                { ValueName: "PATH" } => """compgen -f -- "$current" """,
                _ => null,
            };
            if (reply is not null)
            {
                string files = setting.ValueName == "PATH" ? "        compopt -o filenames\n" : "";
                values.Append($"    {names})\n{files}        mapfile -t COMPREPLY < <({reply.Trim()})\n        ;;\n");
            }
        }

        values.Append($"    {string.Join('|', MayNameFile.Select(setting => setting.Option))})\n        compopt -o filenames\n        mapfile -t COMPREPLY < <(compgen -f -- \"$current\")\n        ;;\n");
        return $$"""
            # bash completion for bti-supervise(1), made by make generate

            # Prints the profiles that begin with $1, which may have an at sign before the name; or files where $1 is a path.
            _bti_supervise_profiles() {
                local file sign=
                [[ $1 == @* ]] && sign=@
                if [[ $1 == */* ]]; then
                    compgen -f -- "$1"
                    return
                fi
                for file in "${XDG_CONFIG_HOME:-$HOME/.config}"/bind-to-interface/*.json {{ProfileFolders.System}}/*.json; do
                    [[ -e $file ]] || continue
                    file=${file##*/}
                    compgen -W "$sign${file%.json}" -- "$1"
                done
            }

            # Completes the value of an option.
            _bti_supervise_value() {
                local option=$1 current=$2
                case $option in
            {{values}}    esac
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
                    {{string.Join('|', WithValue.Select(setting => setting.Option))}})
                        option=$word
                        ;;
                    {{string.Join('|', MayNameFile.Select(setting => setting.Option))}})
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
                        [[ $word =~ ^-[{{Letters(Alone)}}]*([{{Letters(WithValue)}}])$ ]] && option=-${BASH_REMATCH[1]}
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
                    mapfile -t COMPREPLY < <(compgen -W "{{string.Join(' ', Setting.All.SelectMany(setting => (string?[])[setting.ShortOption, setting.Option]).OfType<string>())}}" -- "${COMP_WORDS[i]}")
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

            """;
    }

    public static string Zsh() => $$"""
        #compdef bti-supervise
        # zsh completion for bti-supervise(1), made by make generate

        _bti_supervise_profiles() {
          local -a names=(${XDG_CONFIG_HOME:-$HOME/.config}/bind-to-interface/*.json(N:t:r) {{ProfileFolders.System}}/*.json(N:t:r))
          if [[ $PREFIX == */* ]]; then _files; else compadd "$@" -a names; fi
        }

        # @NAME is short for --profile=NAME, which _arguments knows.
        local at
        for ((at = 2; at <= CURRENT; at++)); do
          if [[ $words[at] == @* ]]; then
            if ((at == CURRENT)); then
              compset -P @
              _bti_supervise_profiles
              return
            fi
            words[at]=--profile=${words[at]#@}
          elif [[ $words[at] == ({{string.Join('|', WithValue.Select(setting => setting.Option))}}) || ($words[at] == -[^-]* && $words[at] =~ '^-[{{Letters(Alone)}}]*[{{Letters(WithValue)}}]$') ]]; then
            ((at++))
          elif [[ $words[at] != -?* || $words[at] == -- ]]; then
            break
          fi
        done

        _arguments -s -S -A '-*' \
        {{string.Concat(Setting.All.Select(ZshOption))}}  '(-)1:program:_command_names -e' \
          '*:: :_normal'

        """;

    private static string ZshOption(Setting setting)
    {
        string sign = MayNameFile.Contains(setting) ? "=-" : setting.ValueName is null ? "" : "=", letterSign = setting.ValueName is null ? "" : "+";
        string names = setting.ShortOption is string letter ? $"{{{letter}{letterSign},{setting.Option}{sign}}}" : $"{setting.Option}{sign}";
        string excluded = setting.IsRepeatable ? "'*'" : setting.ShortOption is null ? "" : $"'({setting.ShortOption} {setting.Option})'";
        string action = setting switch
        {
            { Words.Count: > 0 } => $"({string.Join(' ', setting.Words)})",
            { ValueName: "NAME" } => "_net_interfaces",
            { ValueName: "PROFILE" } => "_bti_supervise_profiles",
            { ValueName: "PATH" } => "_files",
            _ => " ",
        };
        string value = MayNameFile.Contains(setting) ? "::path:_files" : setting.ValueName is null ? "" : $":{setting.ValueName.ToLowerInvariant()}:{action}";
        string help = Plain(setting.Help).Replace("[", "\\[", StringComparison.Ordinal).Replace("]", "\\]", StringComparison.Ordinal);
        return $"  {excluded}{names}'[{help.Replace("'", "'\\''", StringComparison.Ordinal)}]{value}' \\\n";
    }

    public static string Fish() => $$"""
        # fish completion for bti-supervise(1), made by make generate

        # Prints where the program stands among the words before the cursor, counted from 1, and fails where there is none yet.
        function __bti_supervise_program_position
            set -l position 1
            set -l takes_value 0
            for word in (commandline -cop)[2..]
                set position (math $position + 1)
                if test $takes_value = 1
                    set takes_value 0
                    continue
                end
                switch $word
                    case --
                        math $position + 1
                        return 0
                    case {{string.Join(' ', WithValue.Select(setting => setting.Option))}}
                        set takes_value 1
                    case '--*' '@*'
                    case '-?*'
                        string match -qr '^-[{{Letters(Alone)}}]*[{{Letters(WithValue)}}]$' -- $word
                        and set takes_value 1
                    case '*'
                        echo $position
                        return 0
                end
            end
            return 1
        end

        function __bti_supervise_profiles
            set -l folder $XDG_CONFIG_HOME
            test -n "$folder"
            or set folder ~/.config
            for file in $folder/bind-to-interface/*.json {{ProfileFolders.System}}/*.json
                string replace -r '.*/(.*)\.json$' "$argv[1]\$1" -- $file
            end
        end

        function __bti_supervise_complete_program
            set -l words (commandline -cop)
            set -l position (__bti_supervise_program_position)
            or set position (math (count $words) + 1)
            set -l before
            test $position -le (count $words)
            and set before (string escape -- $words[$position..])
            complete -C (string join -- ' ' $before (commandline -ct))
        end

        complete -c bti-supervise -x -a '(__bti_supervise_complete_program)'
        complete -c bti-supervise -n 'not __bti_supervise_program_position >/dev/null' -x -a '(__bti_supervise_profiles @)'
        {{string.Concat(Setting.All.Select(FishOption))}}
        """;

    private static string FishOption(Setting setting)
    {
        string letter = setting.ShortOption is string name ? $" -s {name[1..]}" : "";
        string value = setting switch
        {
            { OptionalValueName: "PATH" } => " -F",
            { ValueName: null } => "",
            { Words.Count: > 0 } => $" -x -a '{string.Join(' ', setting.Words)}'",
            { ValueName: "NAME" } => " -x -a '(command ls /sys/class/net 2>/dev/null)'",
            { ValueName: "PATH" } => " -r -F",
            { ValueName: "PROFILE" } => " -r -F -a '(__bti_supervise_profiles)'",
            _ => " -x",
        };
        string help = Plain(setting.Help).Replace("'", "\\'", StringComparison.Ordinal);
        return $"complete -c bti-supervise -n 'not __bti_supervise_program_position >/dev/null'{letter} -l {setting.Key}{value} -d '{help}'\n";
    }
}
