/// Makes sounds as WAV files in the folder given and prints, as JSON, what the peers say of each:
/// libebur128, ffmpeg's ebur128 and astats, sox, and interpolation by FFT.
let pcmInfoPeerScript = #"""
  import ctypes as c, json, numpy as np, os, struct, subprocess, sys, warnings
  warnings.simplefilter('ignore')
  import audioop
  from concurrent.futures import ThreadPoolExecutor
  folder = sys.argv[1]
  random = np.random.default_rng(20261122)


  def noise(count, power):
      # Gaussian noise whose power falls as frequency to that power.
      spectrum = np.fft.rfft(random.standard_normal(count))
      shape = np.maximum(np.arange(len(spectrum)), 20.0 * count / 48000) ** (-power / 2)
      x = np.fft.irfft(spectrum * shape, count)
      return x / np.max(np.abs(x))


  def low(x, part):
      # Nothing above that part of the sampling rate.
      spectrum = np.fft.rfft(x)
      at = np.arange(len(spectrum)) / len(x)
      return np.fft.irfft(spectrum * np.clip((part - at) / 0.02, 0, 1), len(x))


  def tone(t, frequency, phase=0.0):
      return np.sin(2 * np.pi * frequency * t + phase)


  def sweep(t, first, last):
      return np.sin(2 * np.pi * first * t[-1] / np.log(last / first)
                    * (np.exp(t / t[-1] * np.log(last / first)) - 1))


  def speech(t):
      # Voiced syllables and hisses with pauses between.
      voice = sum(tone(t, 130 * k, k) / k for k in range(1, 12))
      syllable = np.clip(np.sin(2 * np.pi * 3.1 * t), 0, 1) * (np.sin(2 * np.pi * 0.4 * t) > -0.6)
      hiss = noise(len(t), 0) * (np.sin(2 * np.pi * 1.3 * t + 1) > 0.9) * 0.2
      return 0.2 * voice * syllable + hiss


  def music(t):
      # Chords that change each half second, drums, and a slow swell.
      notes = [220, 277, 330, 247, 294, 392, 196, 262]
      step = (t * 2).astype(int)
      x = sum(tone(t, np.array(notes)[(step + 3 * k) % 8] * 1.0) for k in range(3)) / 6
      drum = noise(len(t), 1) * np.exp(-20 * (t * 2 % 0.5))
      return (x + 0.5 * drum) * (0.6 + 0.25 * np.sin(t))


  def bursts(t):
      return noise(len(t), 1) * np.where((t % 12) < 6, 0.8, 0.2)


  def impulses(t, rate):
      x = np.zeros(len(t))
      x[rate // 3::rate // 2] = 0.9
      return x


  FLOAT, PCM, ALAW = 3, 1, 6
  sounds = []


  def add(name, rate, seconds, make, tag=PCM, bits=16, mask=0, low=False, soft=True):
      t = np.arange(int(rate * seconds)) / rate
      x = np.array(make(t), dtype=float)
      x = x.reshape(-1, len(t))
      if soft:
          # The FFT takes the ends for neighbours.
          at = np.arange(len(t))
          ramp = np.minimum(1, np.minimum(at, at[::-1]) / (0.01 * rate))
          x = x * ramp
      sounds.append(dict(name=name, rate=rate, tag=tag, bits=bits, mask=mask, low=low, x=x))


  def both(x):
      return [x, 0.7 * np.roll(x, 31)]


  add('sine', 48000, 5, lambda t: both(0.5 * tone(t, 997)), low=True)
  add('two tones', 44100, 5, lambda t: [0.3 * tone(t, 440), 0.2 * tone(t, 3000)], low=True)
  add('sweep', 48000, 20, lambda t: both(0.8 * sweep(t, 20, 18000)), low=True)
  add('sweep to the top', 44100, 20, lambda t: 0.8 * sweep(t, 20, 22000), bits=24)
  add('pink', 48000, 8, lambda t: [noise(len(t), 1), noise(len(t), 1)])
  add('white', 48000, 4, lambda t: [0.5 * noise(len(t), 0), 0.5 * noise(len(t), 0)])
  add('white below 0.4', 48000, 4, lambda t: low(0.8 * noise(len(t), 0), 0.38), low=True, bits=24)
  add('brown', 44100, 6, lambda t: both(noise(len(t), 2)), low=False)
  add('speech', 16000, 24, speech)
  add('speech of a telephone', 8000, 24, speech, tag=ALAW, bits=8)
  add('speech of 22 kHz', 22050, 24, speech, bits=16)
  add('music', 44100, 24, lambda t: both(music(t)))
  add('music, float', 48000, 24, lambda t: both(music(t)), tag=FLOAT, bits=32)
  add('music, double', 48000, 4, lambda t: music(t), tag=FLOAT, bits=64)
  add('music, 96 kHz', 96000, 4, lambda t: both(low(music(t), 0.35)), bits=24, low=True)
  add('music, 192 kHz', 192000, 4, lambda t: both(low(music(t), 0.2)), bits=24, low=True)
  add('music, 32 kHz', 32000, 24, lambda t: both(music(t)), bits=32)
  add('music, 11 kHz', 11025, 24, lambda t: both(music(t)), bits=8)
  add('music, 88.2 kHz', 88200, 4, lambda t: low(music(t), 0.38), bits=16, low=True)
  add('bursts', 48000, 24, lambda t: both(bursts(t)))
  add('impulses', 48000, 4, lambda t: impulses(t, 48000), soft=False)
  add('near half the rate', 48000, 4, lambda t: 0.7 * tone(t, 22500))
  add('at 0.45 of the rate', 44100, 4, lambda t: 0.7 * tone(t, 0.45 * 44100, 0.3))
  add('clipped', 48000, 5, lambda t: both(np.clip(2 * tone(t, 440), -1, 1)))
  add('clipped noise', 44100, 5, lambda t: np.clip(3 * noise(len(t), 1), -1, 1))
  add('very quiet', 48000, 5, lambda t: both(0.0003 * noise(len(t), 1)), bits=24)
  add('very quiet, 16 bits', 48000, 5, lambda t: both(0.0006 * tone(t, 300)), bits=16)
  add('offset', 48000, 4, lambda t: [0.2 * tone(t, 100) + 0.11, 0.2 * tone(t, 100) - 0.05],
      soft=False)
  add('8 bits', 22050, 5, lambda t: both(0.5 * sweep(t, 50, 8000)), bits=8, low=True)
  add('overs', 48000, 5, lambda t: both(2.2 * low(tone(t, 440) + 0.2 * tone(t, 1200), 0.3)),
      tag=FLOAT, bits=32, low=True)
  six = lambda t: [0.3 * music(t), 0.3 * np.roll(music(t), 99), 0.4 * speech(t), 0.9 * tone(t, 50),
                   0.3 * noise(len(t), 1), 0.2 * noise(len(t), 1)]
  add('5.1, pair behind', 48000, 5, six, mask=0x3f)
  add('5.1, pair beside', 48000, 5, six, mask=0x60f)
  add('7.1', 48000, 4, lambda t: six(t) + [0.3 * noise(len(t), 1), 0.25 * tone(t, 700)], mask=0x63f,
      bits=24)
  add('half a second', 48000, 0.5, lambda t: both(0.4 * music(t)))
  add('short', 48000, 0.3, lambda t: 0.4 * music(t))
  add('square', 48000, 4, lambda t: np.where(tone(t, 997) > 0, 0.5, -0.5))


  def encoded(s):
      # The bytes, and what they stand for.
      y = np.ascontiguousarray(s['x'].T)
      if s['tag'] == FLOAT:
          y = y.astype('<f4' if s['bits'] == 32 else '<f8')
          return y.tobytes(), y.astype(float)
      if s['tag'] == ALAW:
          data = audioop.lin2alaw(np.round(y * 32767).astype('<i2').tobytes(), 2)
          back = np.frombuffer(audioop.alaw2lin(data, 2), '<i2') / 32768
          return data, back.reshape(y.shape)
      full = 2.0 ** (s['bits'] - 1)
      q = np.clip(np.round(y * full), -full, full - 1).astype(np.int64)
      if s['bits'] == 8:
          return (q + 128).astype(np.uint8).tobytes(), q / full
      raw = q.astype('<i4')
      data = raw.view(np.uint8).reshape(-1, 4)[:, :s['bits'] // 8].tobytes()
      return data, q / full


  def write(path, s, data):
      channels = len(s['x'])
      align = channels * s['bits'] // 8
      tag = 0xfffe if s['mask'] else s['tag']
      form = struct.pack('<HHIIHH', tag, channels, s['rate'], s['rate'] * align, align, s['bits'])
      if s['mask']:
          form += struct.pack('<HHIH', 22, s['bits'], s['mask'], s['tag'])
          form += bytes.fromhex('000000001000800000aa00389b71')
      elif s['tag'] != PCM:
          form += b'\0\0'
      fact = b'' if s['tag'] == PCM else b'fact' + struct.pack('<II', 4, len(data) // align)
      body = b'WAVEfmt ' + struct.pack('<I', len(form)) + form + fact
      body += b'data' + struct.pack('<I', len(data)) + data + b'\0' * (len(data) % 2)
      with open(path, 'wb') as file:
          file.write(b'RIFF' + struct.pack('<I', len(body)) + body)


  lib = c.CDLL('libebur128.so.1')
  lib.ebur128_init.restype = c.c_void_p
  lib.ebur128_init.argtypes = [c.c_uint, c.c_ulong, c.c_int]
  lib.ebur128_add_frames_double.argtypes = [c.c_void_p, c.c_void_p, c.c_size_t]
  lib.ebur128_set_channel.argtypes = [c.c_void_p, c.c_uint, c.c_int]
  for name in ('global', 'range'):
      getattr(lib, 'ebur128_loudness_' + name).argtypes = [c.c_void_p, c.POINTER(c.c_double)]
  lib.ebur128_true_peak.argtypes = [c.c_void_p, c.c_uint, c.POINTER(c.c_double)]


  def db(x):
      return 20 * float(np.log10(x)) if x > 0 else None


  def library(s, y):
      y = np.ascontiguousarray(y)
      channels = y.shape[1]
      # I, S, LRA, sample peak and true peak
      state = lib.ebur128_init(channels, s['rate'], 0x3f)
      if channels == 8:
          # EBUR128_Mp135, Mm135, Mp090, Mm090 of its header: behind counts once, beside 1.41-fold
          for index, place in ((4, 13), (5, 14), (6, 11), (7, 12)):
              lib.ebur128_set_channel(state, index, place)
      lib.ebur128_add_frames_double(state, y.ctypes.data, len(y))
      value, peak = c.c_double(), 0
      lib.ebur128_loudness_global(state, c.byref(value))
      integrated = value.value if np.isfinite(value.value) else None
      lib.ebur128_loudness_range(state, c.byref(value))
      span = value.value
      for channel in range(channels):
          lib.ebur128_true_peak(state, channel, c.byref(value))
          peak = max(peak, value.value)
      return dict(integrated=integrated, range=span, true_peak=db(peak))


  def transformed(y):
      # In blocks with faded margins, whose middle the blocks' ends do not reach.
      size, margin = 1 << 15, 2048
      fade = np.ones(size)
      fade[:1024] = 0.5 - 0.5 * np.cos(np.pi * np.arange(1024) / 1024)
      fade[-1024:] = fade[:1024][::-1]
      largest, peak = np.max(np.abs(y)), 0
      for channel in y.T:
          x = np.concatenate([np.zeros(margin), channel, np.zeros(size)])
          for start in range(0, len(channel), size - 2 * margin):
              block = x[start:start + size]
              if np.max(np.abs(block)) < 0.5 * largest:
                  continue
              z = np.fft.irfft(np.fft.rfft(block * fade), 16 * size) * 16
              peak = max(peak, np.max(np.abs(z[16 * margin:-16 * margin])))
      return db(peak)


  def printed(text, word):
      return [line.split(word, 1)[1].split() for line in text.split('\n') if word in line]


  def run(*words):
      ended = subprocess.run(words, capture_output=True, text=True, stdin=subprocess.DEVNULL)
      return ended.stdout, ended.stderr


  def measure(item):
      index, s = item
      path = os.path.join(folder, '%02d.wav' % index)
      data, y = encoded(s)
      write(path, s, data)
      # astats takes 32767 for the full scale of 16 bits, so it is given numbers in floating point.
      series, text = run('ffmpeg', '-hide_banner', '-nostats', '-i', path, '-af',
                         'aformat=sample_fmts=dblp,astats,ebur128=metadata=1,'
                         'ametadata=mode=print:file=-', '-f', 'null', '-')
      sox = run('sox', path, '-n', 'stats')[1]
      channels = y.shape[1]
      value = lambda word: float(printed(series, word)[-1][0])
      return dict(
          path=path, name=s['name'], low=s['low'], channels=channels, frames=len(y),
          library=library(s, y), transform=transformed(y),
          ffmpeg=dict(integrated=value("lavfi.r128.I="), range=value("lavfi.r128.LRA=")),
          astats=[[x[0] for x in printed(text, word)] for word in
                  ('Peak level dB:', 'RMS level dB:', 'DC offset:')],
          sox=[(lambda x: x[1:] + x[:1] if len(x) > 1 else x * 2)(printed(sox, word)[0])
               for word in ('Pk lev dB', 'RMS lev dB', 'DC offset')])


  with ThreadPoolExecutor(2) as pool:
      print(json.dumps(list(pool.map(measure, enumerate(sounds)))))
  """#
