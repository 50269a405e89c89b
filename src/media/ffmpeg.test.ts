import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { FfmpegError, findFfmpeg } from './ffmpeg.ts'
import type { FfmpegBounds } from './ffmpeg.ts'
import { readOggOpus } from './ogg.ts'
import { wrapPcm } from './wav.ts'

const never = new AbortController().signal
const REAL = await findFfmpeg(process.env['PATH'])

async function folder(): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), 'ffmpeg-'))
  onTestFinished(() => rm(path, { recursive: true, force: true }))
  return path
}

/** An ffmpeg that is a few lines of JavaScript. */
async function fake(script: string, bounds?: FfmpegBounds) {
  const path = await folder()
  await writeFile(join(path, 'ffmpeg'), `#!${process.execPath}\n${script}\n`)
  await chmod(join(path, 'ffmpeg'), 0o755)
  return (await findFfmpeg(path, bounds))!
}

test('is the first executable file of that name in the folders of PATH', async () => {
  const [none, directory, plain, good] = [await folder(), await folder(), await folder(), await folder()]
  await mkdir(join(directory, 'ffmpeg'))
  await writeFile(join(plain, 'ffmpeg'), 'text')
  await writeFile(join(good, 'ffmpeg'), 'text')
  await chmod(join(good, 'ffmpeg'), 0o755)
  const path = ['', 'relative', none, directory, plain, good].join(delimiter)
  expect((await findFfmpeg(path))?.path).toBe(join(good, 'ffmpeg'))
  expect(await findFfmpeg([none, directory, plain].join(delimiter))).toBeUndefined()
  expect(await findFfmpeg(undefined)).toBeUndefined()
})

test('gets all the sound on its input and gives all of its output', async () => {
  const ffmpeg = await fake('process.stdin.pipe(process.stdout)')
  const sound = Uint8Array.from({ length: 300_000 }, (_, index) => index & 0xff)
  expect(Buffer.compare(await ffmpeg.toOggOpus(sound, never), sound)).toBe(0)
})

test('is asked for Opus in Ogg, may read nothing but its pipe, and sees none of our environment', async () => {
  const ffmpeg = await fake(
    'process.stdout.write(JSON.stringify([process.argv.slice(2), Object.keys(process.env)]))',
  )
  const [args, env] = JSON.parse(
    Buffer.from(await ffmpeg.toOggOpus(new Uint8Array(1), never)).toString(),
  ) as [string[], string[]]
  expect(args.join(' ')).toContain(
    '-protocol_whitelist pipe -i pipe:0 -vn -ac 1 -ar 48000 -c:a libopus -b:a 32k -f ogg pipe:1',
  )
  expect(env).not.toContain('PATH')
})

test('its failure is told with the last of its own words', async () => {
  const ffmpeg = await fake(`console.error('x'.repeat(5000) + ' no such codec'); process.exitCode = 3`)
  const error = await ffmpeg.toOggOpus(new Uint8Array(1_000_000), never).catch((reason: unknown) => reason)
  expect(error).toBeInstanceOf(FfmpegError)
  expect((error as FfmpegError).message).toMatch(/^ffmpeg ended with 3: x+ no such codec$/)
  expect((error as FfmpegError).message.length).toBeLessThan(2_100)
})

test('is ended when it gives too much, takes too long, or nobody wants it any more', async () => {
  const bounds = { deadlineMs: 60_000, maxBytes: 1_000_000 }
  const talker = await fake(`for (;;) require('node:fs').writeSync(1, Buffer.alloc(65536))`, bounds)
  await expect(talker.toOggOpus(new Uint8Array(1), never)).rejects.toThrow('more than 1000000 bytes')
  const sleeper = await fake('setInterval(() => {}, 1000)', { deadlineMs: 50, maxBytes: 1_000 })
  await expect(sleeper.toOggOpus(new Uint8Array(1), never)).rejects.toThrow('longer than 50 ms')
  const stop = new AbortController()
  const patient = await fake('setInterval(() => {}, 1000)')
  const asked = patient.toOggOpus(new Uint8Array(1), stop.signal)
  stop.abort(new Error('not wanted'))
  await expect(asked).rejects.toThrow('not wanted')
  await expect(patient.toOggOpus(new Uint8Array(1), stop.signal)).rejects.toThrow('not wanted')
})

test('one that cannot be started fails as any other', async () => {
  const path = await folder()
  await writeFile(join(path, 'ffmpeg'), '#!/nowhere/at/all\n')
  await chmod(join(path, 'ffmpeg'), 0o755)
  const ffmpeg = (await findFfmpeg(path))!
  await expect(ffmpeg.toOggOpus(new Uint8Array(1), never)).rejects.toBeInstanceOf(FfmpegError)
})

test.skipIf(REAL === undefined)('a real one makes a voice message of raw speech', async () => {
  const tone = Buffer.alloc(48_000)
  for (let at = 0; at < tone.length; at += 2) tone.writeInt16LE(Math.round(9_000 * Math.sin(at / 20)), at)
  const voice = readOggOpus(await REAL!.toOggOpus(wrapPcm([tone]), never))!
  expect(voice.durationMs).toBeGreaterThanOrEqual(990)
  expect(voice.durationMs).toBeLessThanOrEqual(1_030)
})
