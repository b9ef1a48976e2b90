# fish completion for mediatool. Generated, do not edit.

function __mediatool_starts
    test (count (commandline -opc)) -eq 1
end

function __mediatool_uses
    set -l words (commandline -opc)
    test (count $words) -gt 1; and test $words[2] = $argv[1]
end

complete -c mediatool -f
complete -c mediatool -n __mediatool_starts -a probe -d 'Show what is in a file or stream'
complete -c mediatool -n __mediatool_starts -a flv-dump -d 'Print every tag of an FLV file'
complete -c mediatool -n __mediatool_starts -a rtmp-push -d 'Send a file to an RTMP server'
complete -c mediatool -n __mediatool_starts -a help -d 'Show help for a command'
complete -c mediatool -n __mediatool_starts -s h -l help -d 'Show this help and exit'
complete -c mediatool -n __mediatool_starts -l version -d 'Show the version and exit'

complete -c mediatool -n '__mediatool_uses probe' -F
complete -c mediatool -n '__mediatool_uses probe' -l json -d 'Print one JSON document'
complete -c mediatool -n '__mediatool_uses probe' -l jsonl -d 'Print one JSON object per line'
complete -c mediatool -n '__mediatool_uses probe' -s e -l expect -r -f -d 'Fail unless EXPR holds, as in "tags.count > 5"'
complete -c mediatool -n '__mediatool_uses probe' -s v -l verbose -d 'Say more; twice for FFmpeg\'s own log'
complete -c mediatool -n '__mediatool_uses probe' -l color -r -f -a 'auto always never' -d 'Colour messages'
complete -c mediatool -n '__mediatool_uses probe' -s h -l help -d 'Show this help and exit'
complete -c mediatool -n '__mediatool_uses probe' -l version -d 'Show the version and exit'

complete -c mediatool -n '__mediatool_uses flv-dump' -F
complete -c mediatool -n '__mediatool_uses flv-dump' -f -a 'short long'
complete -c mediatool -n '__mediatool_uses flv-dump' -s o -l output -r -F -d 'Where results go; \'-\' is standard output'
complete -c mediatool -n '__mediatool_uses flv-dump' -s y -l force -d 'Replace files that exist'
complete -c mediatool -n '__mediatool_uses flv-dump' -l json -d 'Print one JSON document'
complete -c mediatool -n '__mediatool_uses flv-dump' -l jsonl -d 'Print one JSON object per line'
complete -c mediatool -n '__mediatool_uses flv-dump' -l hex -f -d 'Dump the first bytes of each tag'
complete -c mediatool -n '__mediatool_uses flv-dump' -s e -l expect -r -f -d 'Fail unless EXPR holds, as in "tags.count > 5"'
complete -c mediatool -n '__mediatool_uses flv-dump' -l tracks -r -f -d 'Which tracks, such as v:0,a'
complete -c mediatool -n '__mediatool_uses flv-dump' -s r -o ar -l sample-rate -l rate -r -f -d 'Samples per second'
complete -c mediatool -n '__mediatool_uses flv-dump' -l offset -r -f -d 'Shift all times; a negative one moves back'
complete -c mediatool -n '__mediatool_uses flv-dump' -l option -r -f -d 'Pass an option to FFmpeg\'s \\demuxer'
complete -c mediatool -n '__mediatool_uses flv-dump' -l record -r -f -a '(__fish_complete_directories)' -d 'Keep what arrives in DIR'
complete -c mediatool -n '__mediatool_uses flv-dump' -l bind -r -f -a '(__fish_print_hostnames)' -d 'Local address'
complete -c mediatool -n '__mediatool_uses flv-dump' -l timeout -r -f -d 'Longest silence allowed in any phase'
complete -c mediatool -n '__mediatool_uses flv-dump' -l verify -d 'Compare checksums [slow]: 100% of the file'
complete -c mediatool -n '__mediatool_uses flv-dump' -l no-verify -d 'Turn off --verify'
complete -c mediatool -n '__mediatool_uses flv-dump' -s v -l verbose -d 'Say more; twice for FFmpeg\'s own log'
complete -c mediatool -n '__mediatool_uses flv-dump' -s q -l quiet -d 'Say nothing but errors'
complete -c mediatool -n '__mediatool_uses flv-dump' -l color -r -f -a 'auto always never' -d 'Colour messages'
complete -c mediatool -n '__mediatool_uses flv-dump' -l progress -r -f -a 'auto always never' -d 'Show progress'
complete -c mediatool -n '__mediatool_uses flv-dump' -s h -l help -d 'Show this help and exit'
complete -c mediatool -n '__mediatool_uses flv-dump' -l version -d 'Show the version and exit'

complete -c mediatool -n '__mediatool_uses rtmp-push' -F
complete -c mediatool -n '__mediatool_uses rtmp-push' -l timeout -r -f -d 'Longest silence allowed in any phase'
complete -c mediatool -n '__mediatool_uses rtmp-push' -l bind -r -f -a '(__fish_print_hostnames)' -d 'Local address'
complete -c mediatool -n '__mediatool_uses rtmp-push' -s h -l help -d 'Show this help and exit'
complete -c mediatool -n '__mediatool_uses rtmp-push' -l version -d 'Show the version and exit'

complete -c mediatool -n '__mediatool_uses help' -a 'probe flv-dump rtmp-push help'
