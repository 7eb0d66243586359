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
            case --profile --interface --route --dns --dns-port --exclude --source-ip --resolver-daemons --log-level --log-format --log-file --trace-format --metrics-file --probe --format
                set takes_value 1
            case '--*' '@*'
            case '-?*'
                string match -qr '^-[vqh]*[idx]$' -- $word
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
    for file in $folder/bind-to-interface/*.json /etc/bind-to-interface/*.json
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
complete -c bti-supervise -n 'not __bti_supervise_program_position >/dev/null' -l profile -r -F -a '(__bti_supervise_profiles)' -d 'take settings from a file; @PROFILE is short for this option'
complete -c bti-supervise -n 'not __bti_supervise_program_position >/dev/null' -s i -l interface -x -a '(command ls /sys/class/net 2>/dev/null)' -d 'send IP traffic out through this interface only'
complete -c bti-supervise -n 'not __bti_supervise_program_position >/dev/null' -l require-interface -d 'an error, status 125, if no interface is set'
complete -c bti-supervise -n 'not __bti_supervise_program_position >/dev/null' -l strict -d 'for programs that are not trusted: every IP socket is bound before the program has it'
complete -c bti-supervise -n 'not __bti_supervise_program_position >/dev/null' -l route -x -d 'networks that go another way: NETWORK=INTERFACE, =direct (normal route) or =deny (refused)'
complete -c bti-supervise -n 'not __bti_supervise_program_position >/dev/null' -s d -l dns -x -d 'send port-53 traffic, UDP and TCP, to this server; one address per family, a port may follow'
complete -c bti-supervise -n 'not __bti_supervise_program_position >/dev/null' -l dns-port -x -d 'the port of --dns addresses that have none (default 53)'
complete -c bti-supervise -n 'not __bti_supervise_program_position >/dev/null' -s x -l exclude -x -d 'destinations that keep the normal route: addresses, networks, leading octets, loopback, lan, host names'
complete -c bti-supervise -n 'not __bti_supervise_program_position >/dev/null' -l source-ip -x -d 'the local address to send from; one per family'
complete -c bti-supervise -n 'not __bti_supervise_program_position >/dev/null' -l resolver-daemons -x -a 'allow refuse' -d 'may libc ask nscd and systemd-resolved, which use the normal route? (default refuse)'
complete -c bti-supervise -n 'not __bti_supervise_program_position >/dev/null' -l wait-interface -d 'start the program when its interfaces are up with an address; status 125 after this time'
complete -c bti-supervise -n 'not __bti_supervise_program_position >/dev/null' -l exit-with-program -d 'end when the program ends, even if its descendants still run; they can send nothing more'
complete -c bti-supervise -n 'not __bti_supervise_program_position >/dev/null' -s v -l verbose -d 'one line per decision; -vv for more'
complete -c bti-supervise -n 'not __bti_supervise_program_position >/dev/null' -s q -l quiet -d 'show errors only'
complete -c bti-supervise -n 'not __bti_supervise_program_position >/dev/null' -l log-level -x -a 'trace debug information warning error none' -d 'trace, debug, information, warning (default), error or none'
complete -c bti-supervise -n 'not __bti_supervise_program_position >/dev/null' -l log-format -x -a 'text json' -d 'the form of messages (default text)'
complete -c bti-supervise -n 'not __bti_supervise_program_position >/dev/null' -l log-file -r -F -d 'append messages to this file, not to standard error'
complete -c bti-supervise -n 'not __bti_supervise_program_position >/dev/null' -l trace -F -d 'a line per connection with what came of it, on standard error or in a file'
complete -c bti-supervise -n 'not __bti_supervise_program_position >/dev/null' -l trace-format -x -a 'text json' -d 'the form of the lines of --trace (default text)'
complete -c bti-supervise -n 'not __bti_supervise_program_position >/dev/null' -l summary -d 'at the end, the connections by program and destination'
complete -c bti-supervise -n 'not __bti_supervise_program_position >/dev/null' -l dry-run -d 'change nothing: traffic takes the normal route, and what would be done is told'
complete -c bti-supervise -n 'not __bti_supervise_program_position >/dev/null' -l metrics-file -r -F -d 'write counts to this file, every 15 seconds and at the end, for Prometheus'
complete -c bti-supervise -n 'not __bti_supervise_program_position >/dev/null' -l status -d 'list the supervisors that run, or show that of process PID, and run nothing'
complete -c bti-supervise -n 'not __bti_supervise_program_position >/dev/null' -l dump-filter -d 'print the seccomp filter that the other options lead to, and run nothing'
complete -c bti-supervise -n 'not __bti_supervise_program_position >/dev/null' -l check -d 'check whether connections would work, print what is found and its remedy, and run nothing'
complete -c bti-supervise -n 'not __bti_supervise_program_position >/dev/null' -l probe -x -d 'with --check: look this name up and make one TCP connection, bound (default port 443)'
complete -c bti-supervise -n 'not __bti_supervise_program_position >/dev/null' -l format -x -a 'text json' -d 'the form of what --check and --status print (default text)'
complete -c bti-supervise -n 'not __bti_supervise_program_position >/dev/null' -s h -l help -d 'show this help'
complete -c bti-supervise -n 'not __bti_supervise_program_position >/dev/null' -l version -d 'show the version'
