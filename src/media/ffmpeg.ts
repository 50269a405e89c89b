// How does any sound become a voice message? By ffmpeg, where the machine has one; nothing relies on it.

import { spawn } from 'node:child_process'
import type { ChildProcessWithoutNullStreams } from 'node:child_process'
import { access, constants, stat } from 'node:fs/promises'
import { delimiter, isAbsolute, join } from 'node:path'

export interface Ffmpeg {
  /** Where it was found, for the log. */
  readonly path: string
  /** Any sound as Ogg Opus, one channel. Throws `FfmpegError`, or the signal's reason. */
  toOggOpus(bytes: Uint8Array, signal: AbortSignal): Promise<Uint8Array>
}

/** It could not, took too long or gave too much; the message ends with its own last words. */
export class FfmpegError extends Error {
  override readonly name = 'FfmpegError'
}

export interface FfmpegBounds {
  readonly deadlineMs: number
  readonly maxBytes: number
}

/** Minutes of speech take it a second or two. Our choice. */
const DEFAULT_BOUNDS: FfmpegBounds = { deadlineMs: 60_000, maxBytes: 32 * 1024 * 1024 }

/** Looks in the folders of PATH (`path`), as a shell would; relative ones are left out. Once, at the start. */
export async function findFfmpeg(
  path: string | undefined,
  bounds: FfmpegBounds = DEFAULT_BOUNDS,
): Promise<Ffmpeg | undefined> {
  for (const folder of (path ?? '').split(delimiter)) {
    if (!isAbsolute(folder)) continue
    for (const name of ['ffmpeg', 'ffmpeg.exe']) {
      const found = join(folder, name)
      if (await isExecutable(found)) return ffmpegAt(found, bounds)
    }
  }
  return undefined
}

async function isExecutable(path: string): Promise<boolean> {
  try {
    await access(path, constants.X_OK)
    return (await stat(path)).isFile()
  } catch {
    return false
  }
}

function ffmpegAt(path: string, bounds: FfmpegBounds): Ffmpeg {
  return { path, toOggOpus: (bytes, signal) => run(path, TO_OGG_OPUS, bytes, bounds, signal) }
}

/** A playlist in the place of sound would have it read other files and addresses: it may read its pipe alone. */
const FROM_PIPE_ONLY = ['-protocol_whitelist', 'pipe', '-i', 'pipe:0']
const TO_OGG_OPUS = [
  ...['-hide_banner', '-nostdin', '-loglevel', 'error'],
  ...FROM_PIPE_ONLY,
  ...['-vn', '-ac', '1', '-ar', '48000', '-c:a', 'libopus', '-b:a', '32k', '-f', 'ogg', 'pipe:1'],
]

/** Of what it says on stderr, the last. */
const MAX_WORDS_BYTES = 2_048

async function run(
  path: string,
  args: readonly string[],
  input: Uint8Array,
  { deadlineMs, maxBytes }: FfmpegBounds,
  signal: AbortSignal,
): Promise<Uint8Array> {
  signal.throwIfAborted()
  // It needs nothing of our environment, and our environment has secrets.
  const child = spawn(path, args, { env: {}, stdio: 'pipe', windowsHide: true })
  const ending = endOf(child)
  // Awaited below; should anything between fail, nobody else hears of it.
  ending.catch(() => {})
  const deadline = AbortSignal.timeout(deadlineMs)
  const stop = (): void => void child.kill('SIGKILL')
  signal.addEventListener('abort', stop, { once: true })
  deadline.addEventListener('abort', stop, { once: true })
  const output: Buffer[] = []
  let sizeBytes = 0
  let words = Buffer.alloc(0)
  child.stdout.on('data', (bytes: Buffer) => {
    sizeBytes += bytes.length
    if (sizeBytes > maxBytes) stop()
    else output.push(bytes)
  })
  child.stderr.on('data', (bytes: Buffer) => {
    words = Buffer.concat([words, bytes]).subarray(-MAX_WORDS_BYTES)
  })
  // It may have had enough before it read all: its exit code says what that means.
  child.stdin.on('error', () => {})
  child.stdin.end(input)
  try {
    const ended = await ending
    signal.throwIfAborted()
    if (sizeBytes > maxBytes) throw new FfmpegError(`ffmpeg gave more than ${maxBytes} bytes`)
    if (deadline.aborted) throw new FfmpegError(`ffmpeg took longer than ${deadlineMs} ms`)
    if (ended !== 0) throw new FfmpegError(`ffmpeg ended with ${ended}: ${words.toString('utf8').trim()}`)
    return Buffer.concat(output)
  } finally {
    signal.removeEventListener('abort', stop)
    deadline.removeEventListener('abort', stop)
  }
}

/** Its exit code, or the signal that ended it. Rejects when it could not begin. */
function endOf(child: ChildProcessWithoutNullStreams): Promise<number | string> {
  return new Promise((resolve, reject) => {
    child.once('error', (cause) => reject(new FfmpegError('ffmpeg could not be started', { cause })))
    child.once('close', (code, killedBy) => resolve(code ?? killedBy ?? 'nothing'))
  })
}
