# bash completion for mediatool. Generated, do not edit.

# The words that continue the current one.
_mediatool_words() {
  local word
  for word; do
    [[ $word == "$cur"* ]] && COMPREPLY+=("$head$word")
  done
}

# Files; those with one of the suffixes where there are any.
_mediatool_files() {
  local path suffix any=() directories=() liked=()
  compopt -o filenames 2>/dev/null
  while IFS= read -r path; do
    any+=("$head$path")
    [[ -d $path ]] && directories+=("$head$path")
    for suffix; do
      [[ -f $path && $path == *."$suffix" ]] && liked+=("$head$path")
    done
  done < <(compgen -f -- "$cur")
  if ((${#liked[@]})); then
    COMPREPLY+=("${liked[@]}" "${directories[@]}")
  else
    COMPREPLY+=("${any[@]}")
  fi
}

# Directories or host names: the argument is the action of compgen.
_mediatool_action() {
  local word
  [[ $1 == directory ]] && compopt -o filenames 2>/dev/null
  while IFS= read -r word; do
    COMPREPLY+=("$head$word")
  done < <(compgen -A "$1" -- "$cur")
}

_mediatool() {
  local words=() word rest=${COMP_LINE-} raw=${COMP_WORDS[COMP_CWORD]-}
  local cur head="" prefix i cword command options valued
  local option="" ended="" operand=0
  COMPREPLY=()

  # bash cuts words at '=' and ':'; put them together again.
  for ((i = 0; i <= COMP_CWORD; i++)); do
    word=${COMP_WORDS[i]-}
    if ((i > 0)) && [[ $rest != [[:blank:]]* ]] &&
      [[ $word == [=:]* || ${words[${#words[@]} - 1]} == *[=:] ]]; then
      words[${#words[@]} - 1]+=$word
    else
      words+=("$word")
    fi
    rest=${rest#*"$word"}
  done
  cword=$((${#words[@]} - 1))
  cur=${words[cword]}
  # What bash leaves in place in front of a completion.
  [[ $raw == [=:] ]] && raw=""
  prefix=${cur%"$raw"}

  command=${words[1]-}
  if ((cword == 1)); then
    _mediatool_words probe flv-dump rtp-pack rtp-unpack rtmp-push rtmp-pull rtsp-pull pcm-info yuv-convert help -h --help --version
    return
  fi
  case $command in
    probe)
      options=' --json --jsonl --ffprobe --entries -o --output -y --force --packets --frames --chapters --programs --count --gop --hash --plot --duration --check --fail-on --expect --decode --max-gop --max-gap --max-skew --tracks --input-format --probe-size --analyze-duration --option --header --user-agent --timeout --spool --jobs -v --verbose -q --quiet --color --progress -h --help --version '
      valued=' --entries -o --output --hash --plot --duration --fail-on --expect --max-gop --max-gap --max-skew --tracks --input-format --probe-size --analyze-duration --option --header --user-agent --timeout --spool --jobs --color --progress '
      ;;
    flv-dump)
      options=' --json --jsonl --summary --changes --nal --hex -o --output -y --force --tags --tracks --from --to --limit --check --fail-on --expect --max-jump --max-tag-size --extract-video --extract-audio --repair --verify --split --follow --timeout --duration --header --user-agent -v --verbose -q --quiet --color --progress -h --help --version '
      valued=' -o --output --tags --tracks --from --to --limit --fail-on --expect --max-jump --max-tag-size --extract-video --extract-audio --timeout --duration --header --user-agent --color --progress '
      ;;
    rtp-pack)
      options=' -o --output --send --sdp -y --force --json --jsonl --packets --verify --expect --mtu --payload --packetization-mode --aggregate --config-interval --fps --frame-rate --payload-type --ssrc --seq --timestamp-offset --cname --seed --fast --loop --rtcp-mux --ttl --interface --drop --burst --duplicate --reorder --jitter --tracks --duration --timeout -v --verbose -q --quiet --color --progress -h --help --version '
      valued=' -o --output --send --sdp --expect --mtu --payload --packetization-mode --aggregate --config-interval --fps --frame-rate --payload-type --ssrc --seq --timestamp-offset --cname --seed --ttl --interface --drop --burst --duplicate --reorder --jitter --tracks --duration --timeout --color --progress '
      ;;
    rtp-unpack)
      options=' --json --jsonl --packets -o --output -y --force --tracks --keep-damaged --sdp --map --check --fail-on --expect --mtu --interface --timeout --duration -v --verbose -q --quiet --color --progress -h --help --version '
      valued=' -o --output --tracks --sdp --map --fail-on --expect --mtu --interface --timeout --duration --color --progress '
      ;;
    rtmp-push)
      options=' --fast --loop --start --duration --copies --queue --transcode --raw-video --raw-audio --video-bitrate --preset --keyframe-interval --audio-bitrate --add-silence --retry --timeout --stall --key-file --key-env --app --tcurl --flashver --conn --chunk-size --strict-caps --hevc-codec-id-12 --ca-file --insecure --json --jsonl --doctor --expect -v --verbose -q --quiet --color --progress -h --help --version '
      valued=' --loop --start --duration --copies --queue --transcode --raw-video --raw-audio --video-bitrate --preset --keyframe-interval --audio-bitrate --retry --timeout --stall --key-file --key-env --app --tcurl --flashver --conn --chunk-size --ca-file --expect --color --progress '
      ;;
    rtmp-pull)
      options=' -o --output -y --force --format --gaps --start --live --duration --retry --timeout --key-file --key-env --app --tcurl --flashver --conn --ca-file --insecure --json --jsonl --doctor --expect -v --verbose -q --quiet --color --progress -h --help --version '
      valued=' -o --output --format --gaps --start --duration --retry --timeout --key-file --key-env --app --tcurl --flashver --conn --ca-file --expect --color --progress '
      ;;
    rtsp-pull)
      options=' -o --output -y --force --format --tracks --duration --max-frames --snapshot --segment --segment-list --keep --gaps --transport --port-range --interface --range --speed --retry --timeout --password-env --password-file --header --user-agent --ca-file --insecure --describe --json --jsonl --stats --doctor --transcript --capture --expect -v --verbose -q --quiet --color --progress -h --help --version '
      valued=' -o --output --format --tracks --duration --max-frames --snapshot --segment --segment-list --keep --gaps --transport --port-range --interface --range --speed --retry --timeout --password-env --password-file --header --user-agent --ca-file --transcript --capture --expect --color --progress '
      ;;
    pcm-info)
      options=' --json --jsonl --window -o --output -y --force -f --sample-format -r -ar --rate -c -ac --channels --from --to --channels-only --no-loudness --dual-mono --silence-threshold --silence-duration --waveform --spectrogram --loudness-plot --check --fail-on --expect --target --tracks --header --user-agent --timeout --jobs -v --verbose -q --quiet --color --progress -h --help --version '
      valued=' --window -o --output -f --sample-format -r -ar --rate -c -ac --channels --from --to --channels-only --silence-threshold --silence-duration --waveform --spectrogram --loudness-plot --fail-on --expect --target --tracks --header --user-agent --timeout --jobs --color --progress '
      ;;
    yuv-convert)
      options=' -o --output --to --frame-range -y --force -s -video_size --video-size -p -pix_fmt -pixel_format --pix-fmt --stride --plane-offset --skip -r -framerate --frame-rate --guess --deinterlace --crop --rotate --flip --scale --filter --fit --pad --pad-color --in-matrix --out-matrix --matrix --in-range --out-range --range --chroma-filter --chroma-siting --interlaced --dither --strict --allow-hdr --report --json --jsonl --hash --verify --reference --max-error --check --fail-on --expect --timeout --jobs -v --verbose -q --quiet --color --progress -h --help --version '
      valued=' -o --output --to --frame-range -s -video_size --video-size -p -pix_fmt -pixel_format --pix-fmt --stride --plane-offset --skip -r -framerate --frame-rate --crop --rotate --flip --scale --filter --fit --pad --pad-color --in-matrix --out-matrix --matrix --in-range --out-range --range --chroma-filter --chroma-siting --interlaced --dither --hash --reference --max-error --fail-on --expect --timeout --jobs --color --progress '
      ;;
    help)
      ((cword == 2)) && _mediatool_words probe flv-dump rtp-pack rtp-unpack rtmp-push rtmp-pull rtsp-pull pcm-info yuv-convert help
      return
      ;;
    *) return ;;
  esac

  for ((i = 2; i < cword; i++)); do
    word=${words[i]}
    if [[ $option ]]; then
      option=""
    elif [[ $ended || $word != -?* ]]; then
      ((operand += 1))
    elif [[ $word == -- ]]; then
      ended=1
    elif [[ $valued == *" $word "* ]]; then
      option=$word
    elif [[ $word == -[!-]?* && $word != *=* && $options != *" $word "* &&
      $valued == *" -${word: -1} "* ]]; then
      option=-${word: -1}
    fi
  done

  if [[ ! $option && ! $ended && $cur == -*=* ]]; then
    option=${cur%%=*}
    head=$option=
    cur=${cur#*=}
  fi
  if [[ $option ]]; then
    case "$command $option" in
      'probe -o' | 'probe --output') _mediatool_files ;;
      'probe --hash') _mediatool_words md5 sha256 ;;
      'probe --plot') _mediatool_files 'svg' ;;
      'probe --fail-on') _mediatool_words fatal error warning info ;;
      'probe --color') _mediatool_words auto always never ;;
      'probe --progress') _mediatool_words auto always never ;;
      'flv-dump -o' | 'flv-dump --output') _mediatool_files ;;
      'flv-dump --fail-on') _mediatool_words fatal error warning info ;;
      'flv-dump --extract-video') _mediatool_files 'h264' 'h265' 'ivf' ;;
      'flv-dump --extract-audio') _mediatool_files 'aac' 'mp3' 'flac' 'ac3' 'opus' ;;
      'flv-dump --color') _mediatool_words auto always never ;;
      'flv-dump --progress') _mediatool_words auto always never ;;
      'rtp-pack -o' | 'rtp-pack --output') _mediatool_files 'pcap' 'pcapng' 'rtpdump' ;;
      'rtp-pack --sdp') _mediatool_files 'sdp' ;;
      'rtp-pack --payload') _mediatool_words auto aac-hbr aac-lbr latm mp2t ;;
      'rtp-pack --aggregate') _mediatool_words none parameter-sets all ;;
      'rtp-pack --color') _mediatool_words auto always never ;;
      'rtp-pack --progress') _mediatool_words auto always never ;;
      'rtp-unpack -o' | 'rtp-unpack --output') _mediatool_files 'mp4' 'flv' 'mkv' 'h264' 'h265' 'aac' 'wav' 'ts' ;;
      'rtp-unpack --sdp') _mediatool_files 'sdp' ;;
      'rtp-unpack --fail-on') _mediatool_words fatal error warning info ;;
      'rtp-unpack --color') _mediatool_words auto always never ;;
      'rtp-unpack --progress') _mediatool_words auto always never ;;
      'rtmp-push --transcode') _mediatool_words auto ;;
      'rtmp-push --preset') _mediatool_words ultrafast superfast veryfast faster fast medium slow slower veryslow placebo ;;
      'rtmp-push --key-file') _mediatool_files ;;
      'rtmp-push --ca-file') _mediatool_files 'pem' 'crt' ;;
      'rtmp-push --color') _mediatool_words auto always never ;;
      'rtmp-push --progress') _mediatool_words auto always never ;;
      'rtmp-pull -o' | 'rtmp-pull --output') _mediatool_files 'flv' 'mp4' 'mov' 'mkv' 'ts' ;;
      'rtmp-pull --gaps') _mediatool_files 'jsonl' ;;
      'rtmp-pull --key-file') _mediatool_files ;;
      'rtmp-pull --ca-file') _mediatool_files 'pem' 'crt' ;;
      'rtmp-pull --color') _mediatool_words auto always never ;;
      'rtmp-pull --progress') _mediatool_words auto always never ;;
      'rtsp-pull -o' | 'rtsp-pull --output') _mediatool_files 'mp4' 'mkv' 'ts' 'flv' 'h264' 'h265' 'aac' ;;
      'rtsp-pull --snapshot') _mediatool_files 'jpg' 'png' ;;
      'rtsp-pull --segment-list') _mediatool_files 'jsonl' ;;
      'rtsp-pull --gaps') _mediatool_files 'jsonl' ;;
      'rtsp-pull --transport') _mediatool_words auto tcp udp multicast http ;;
      'rtsp-pull --password-file') _mediatool_files ;;
      'rtsp-pull --ca-file') _mediatool_files 'pem' 'crt' ;;
      'rtsp-pull --transcript') _mediatool_files ;;
      'rtsp-pull --capture') _mediatool_files 'pcap' ;;
      'rtsp-pull --color') _mediatool_words auto always never ;;
      'rtsp-pull --progress') _mediatool_words auto always never ;;
      'pcm-info -o' | 'pcm-info --output') _mediatool_files ;;
      'pcm-info -f' | 'pcm-info --sample-format') _mediatool_words u8 s8 s16le s16be s24le s24be s24_32le s24_32be s32le s32be f32le f32be f64le f64be alaw mulaw ;;
      'pcm-info --waveform') _mediatool_files 'svg' 'png' ;;
      'pcm-info --spectrogram') _mediatool_files 'png' ;;
      'pcm-info --loudness-plot') _mediatool_files 'svg' ;;
      'pcm-info --fail-on') _mediatool_words fatal error warning info ;;
      'pcm-info --target') _mediatool_words ebu-r128 atsc-a85 youtube spotify ;;
      'pcm-info --color') _mediatool_words auto always never ;;
      'pcm-info --progress') _mediatool_words auto always never ;;
      'yuv-convert -o' | 'yuv-convert --output') _mediatool_files ;;
      'yuv-convert --to') _mediatool_words raw y4m png jpeg bmp ppm pgm tiff yuv420p yuvj420p yuv422p yuvj422p yuv444p yuvj444p yuv411p yuvj411p yv12 gray gbrp yuv420p9le yuv422p9le yuv444p9le gray9le gbrp9le yuv420p10le yuv422p10le yuv444p10le gray10le gbrp10le yuv420p12le yuv422p12le yuv444p12le gray12le gbrp12le yuv420p14le yuv422p14le yuv444p14le gray14le gbrp14le yuv420p16le yuv422p16le yuv444p16le gray16le gbrp16le yuv420p9be yuv422p9be yuv444p9be gray9be gbrp9be yuv420p10be yuv422p10be yuv444p10be gray10be gbrp10be yuv420p12be yuv422p12be yuv444p12be gray12be gbrp12be yuv420p14be yuv422p14be yuv444p14be gray14be gbrp14be yuv420p16be yuv422p16be yuv444p16be gray16be gbrp16be nv12 nv21 nv16 nv24 nv42 p010le p010be p016le p016be p210le p210be p216le p216be yuyv422 uyvy422 yvyu422 y210le y210be y410 v210 rgb24 bgr24 rgba bgra argb abgr rgb0 bgr0 0rgb 0bgr rgb48le rgb48be bgr48le bgr48be rgba64le rgba64be rgb565le rgb565be bgr565le bgr565be ;;
      'yuv-convert -s' | 'yuv-convert -video_size' | 'yuv-convert --video-size') _mediatool_words sqcif qcif cif 4cif 16cif qvga vga svga xga ntsc pal hd480 hd720 hd1080 2k 4k uhd2160 uhd4320 ;;
      'yuv-convert -p' | 'yuv-convert -pix_fmt' | 'yuv-convert -pixel_format' | 'yuv-convert --pix-fmt') _mediatool_words yuv420p yuvj420p yuv422p yuvj422p yuv444p yuvj444p yuv411p yuvj411p yv12 gray gbrp yuv420p9le yuv422p9le yuv444p9le gray9le gbrp9le yuv420p10le yuv422p10le yuv444p10le gray10le gbrp10le yuv420p12le yuv422p12le yuv444p12le gray12le gbrp12le yuv420p14le yuv422p14le yuv444p14le gray14le gbrp14le yuv420p16le yuv422p16le yuv444p16le gray16le gbrp16le yuv420p9be yuv422p9be yuv444p9be gray9be gbrp9be yuv420p10be yuv422p10be yuv444p10be gray10be gbrp10be yuv420p12be yuv422p12be yuv444p12be gray12be gbrp12be yuv420p14be yuv422p14be yuv444p14be gray14be gbrp14be yuv420p16be yuv422p16be yuv444p16be gray16be gbrp16be nv12 nv21 nv16 nv24 nv42 p010le p010be p016le p016be p210le p210be p216le p216be yuyv422 uyvy422 yvyu422 y210le y210be y410 v210 rgb24 bgr24 rgba bgra argb abgr rgb0 bgr0 0rgb 0bgr rgb48le rgb48be bgr48le bgr48be rgba64le rgba64be rgb565le rgb565be bgr565le bgr565be ;;
      'yuv-convert --rotate') _mediatool_words 90 180 270 ;;
      'yuv-convert --flip') _mediatool_words h v hv ;;
      'yuv-convert --filter') _mediatool_words nearest bilinear bicubic lanczos area ;;
      'yuv-convert --fit') _mediatool_words contain cover stretch ;;
      'yuv-convert --pad-color') _mediatool_words black white gray grey red green lime blue yellow cyan magenta ;;
      'yuv-convert --in-matrix') _mediatool_words bt601 bt709 bt2020nc smpte240m fcc ycgco ;;
      'yuv-convert --out-matrix') _mediatool_words bt601 bt709 bt2020nc smpte240m fcc ycgco ;;
      'yuv-convert --matrix') _mediatool_words bt601 bt709 bt2020nc smpte240m fcc ycgco ;;
      'yuv-convert --in-range') _mediatool_words limited full ;;
      'yuv-convert --out-range') _mediatool_words limited full ;;
      'yuv-convert --range') _mediatool_words limited full ;;
      'yuv-convert --chroma-filter') _mediatool_words nearest bilinear ;;
      'yuv-convert --chroma-siting') _mediatool_words left center topleft ;;
      'yuv-convert --interlaced') _mediatool_words tff bff ;;
      'yuv-convert --dither') _mediatool_words none bayer ;;
      'yuv-convert --report') _mediatool_files ;;
      'yuv-convert --hash') _mediatool_words md5 sha256 ;;
      'yuv-convert --reference') _mediatool_files ;;
      'yuv-convert --fail-on') _mediatool_words fatal error warning info ;;
      'yuv-convert --color') _mediatool_words auto always never ;;
      'yuv-convert --progress') _mediatool_words auto always never ;;
    esac
  elif [[ ! $ended && $cur == -* ]]; then
    # shellcheck disable=SC2086 # a list of words
    _mediatool_words $options
  else
    case "$command $operand" in
      'probe '*) _mediatool_files ;;
      'flv-dump 0') _mediatool_files ;;
      'rtp-pack 0') _mediatool_files ;;
      'rtp-unpack 0') _mediatool_files ;;
      'rtmp-push 0') _mediatool_files ;;
      'rtmp-push '*) _mediatool_files ;;
      'rtmp-pull 0') _mediatool_files ;;
      'rtsp-pull 0') _mediatool_files ;;
      'pcm-info '*) _mediatool_files ;;
      'yuv-convert 0') _mediatool_files ;;
      'yuv-convert 1') _mediatool_files ;;
    esac
  fi
  ((${#COMPREPLY[@]})) && COMPREPLY=("${COMPREPLY[@]#"$prefix"}")
  return 0
}

complete -F _mediatool mediatool
