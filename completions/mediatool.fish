# fish completion for mediatool. Generated, do not edit.

function __mediatool_starts
    test (count (commandline -opc)) -eq 1
end

function __mediatool_uses
    set -l words (commandline -opc)
    test (count $words) -gt 1; and test $words[2] = $argv[1]
end

complete -c mediatool -f
complete -c mediatool -n __mediatool_starts -a probe -d 'Describe media files and streams'
complete -c mediatool -n __mediatool_starts -a help -d 'Show help for a command'
complete -c mediatool -n __mediatool_starts -s h -l help -d 'Show this help and exit'
complete -c mediatool -n __mediatool_starts -l version -d 'Show the version and exit'

complete -c mediatool -n '__mediatool_uses probe' -F
complete -c mediatool -n '__mediatool_uses probe' -l json -d 'Print one JSON document'
complete -c mediatool -n '__mediatool_uses probe' -l jsonl -d 'Print one JSON object per line, as it happens'
complete -c mediatool -n '__mediatool_uses probe' -l ffprobe -d 'Print exactly the JSON document of ffprobe, for scripts that expect it'
complete -c mediatool -n '__mediatool_uses probe' -l entries -r -f -d 'Print only these fields, such as streams.codec_name'
complete -c mediatool -n '__mediatool_uses probe' -s o -l output -r -F -d 'Write results to FILE, which appears only when complete; - is standard output'
complete -c mediatool -n '__mediatool_uses probe' -s y -l force -d 'Replace existing files'
complete -c mediatool -n '__mediatool_uses probe' -l packets -d 'List every packet'
complete -c mediatool -n '__mediatool_uses probe' -l frames -d 'Decode and list every frame'
complete -c mediatool -n '__mediatool_uses probe' -l chapters -d 'List chapters'
complete -c mediatool -n '__mediatool_uses probe' -l programs -d 'List programs'
complete -c mediatool -n '__mediatool_uses probe' -l count -d 'Read all packets: exact durations, counts, real and peak bit rates'
complete -c mediatool -n '__mediatool_uses probe' -l gop -d 'Read all packets: keyframe intervals and picture types'
complete -c mediatool -n '__mediatool_uses probe' -l hash -r -f -a 'md5 sha256' -d 'Hash each track\'s packet payloads'
complete -c mediatool -n '__mediatool_uses probe' -l plot -r -F -d 'Draw bit rate over time with keyframes marked'
complete -c mediatool -n '__mediatool_uses probe' -l duration -r -f -d 'Stop after this much media time'
complete -c mediatool -n '__mediatool_uses probe' -l check -d 'Report findings and fail on those of --fail-on'
complete -c mediatool -n '__mediatool_uses probe' -l fail-on -r -f -a 'fatal error warning info' -d 'With --check, exit 1 if a finding is at or above this level'
complete -c mediatool -n '__mediatool_uses probe' -l expect -r -f -d 'Exit 1 unless the JSON result satisfies EXPR, such as \'format.duration >= 10\''
complete -c mediatool -n '__mediatool_uses probe' -l decode -d 'With --check, decode everything and report errors'
complete -c mediatool -n '__mediatool_uses probe' -l max-gop -r -f -d 'With --check, longest keyframe interval allowed'
complete -c mediatool -n '__mediatool_uses probe' -l max-gap -r -f -d 'With --check, longest gap or overlap between packets of a track allowed'
complete -c mediatool -n '__mediatool_uses probe' -l max-skew -r -f -d 'With --check, furthest that audio and video may start apart'
complete -c mediatool -n '__mediatool_uses probe' -l tracks -r -f -d 'Only these tracks, such as v:0,a'
complete -c mediatool -n '__mediatool_uses probe' -l input-format -r -f -d 'FFmpeg\'s demuxer to use, whatever the bytes look like'
complete -c mediatool -n '__mediatool_uses probe' -l probe-size -r -f -d 'Bytes to read at most to find the tracks, at least 32'
complete -c mediatool -n '__mediatool_uses probe' -l analyze-duration -r -f -d 'Media time to read at most to find the tracks'
complete -c mediatool -n '__mediatool_uses probe' -l option -r -f -d 'Option of the demuxer or protocol'
complete -c mediatool -n '__mediatool_uses probe' -l header -r -f -d 'Header of every HTTP request'
complete -c mediatool -n '__mediatool_uses probe' -l user-agent -r -f -d 'User-Agent of HTTP and RTSP requests'
complete -c mediatool -n '__mediatool_uses probe' -l timeout -r -f -d 'Longest silence allowed in any phase, never a limit on the whole run'
complete -c mediatool -n '__mediatool_uses probe' -l spool -r -f -d 'Most that is kept of a pipe so that it can be sought; 0 to read it only forward'
complete -c mediatool -n '__mediatool_uses probe' -l jobs -r -f -d 'Inputs to read at the same time'
complete -c mediatool -n '__mediatool_uses probe' -s v -l verbose -d 'Say more on standard error; twice for still more'
complete -c mediatool -n '__mediatool_uses probe' -s q -l quiet -d 'Say only errors on standard error'
complete -c mediatool -n '__mediatool_uses probe' -l color -r -f -a 'auto always never' -d 'Colour messages on standard error'
complete -c mediatool -n '__mediatool_uses probe' -l progress -r -f -a 'auto always never' -d 'Show progress on standard error'
complete -c mediatool -n '__mediatool_uses probe' -s h -l help -d 'Show this help and exit'
complete -c mediatool -n '__mediatool_uses probe' -l version -d 'Show the version and exit'

complete -c mediatool -n '__mediatool_uses help' -a 'probe help'
