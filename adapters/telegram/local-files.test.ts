// Is nothing read from this disk but the bot's own files?
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { inspect } from 'node:util'
import { afterEach, expect, test } from 'vitest'
import type { PlatformError } from '../../src/contract/errors.ts'
import { openLocal } from './local-files.ts'

const TOKEN = '123456:AAbbCCddEEffGGhhIIjjKKllMMnnOOppQQr'
const folders: string[] = []
afterEach(async () => {
  await Promise.all(folders.splice(0).map((folder) => rm(folder, { recursive: true })))
})

/** `folder` holds `<token>/documents/file_1.txt`; `secret` lies beside it. */
async function disk(): Promise<{ folder: string; file: string; secret: string }> {
  const top = await mkdtemp(join(tmpdir(), 'local-files-'))
  folders.push(top)
  const folder = join(top, 'server')
  const file = join(folder, TOKEN, 'documents', 'file_1.txt')
  const secret = join(top, 'secret.txt')
  await mkdir(join(folder, TOKEN, 'documents'), { recursive: true })
  await writeFile(file, 'what is in it')
  await writeFile(secret, 'nobody shall read this')
  return { folder, file, secret }
}

const signal = (): AbortSignal => AbortSignal.timeout(5_000)
async function textOf(folder: string, path: string): Promise<string> {
  const { stream, sizeBytes } = await openLocal({ account: 'tg', folder, token: TOKEN }, path, signal())
  const pieces: Uint8Array[] = []
  for await (const piece of stream) pieces.push(piece)
  const bytes = Buffer.concat(pieces)
  expect(bytes).toHaveLength(sizeBytes)
  return bytes.toString()
}
async function failureOf(folder: string, path: string): Promise<PlatformError> {
  return textOf(folder, path).then(
    () => Promise.reject(new Error('it should fail')),
    (error: unknown) => error as PlatformError,
  )
}

test('a file is found under the path it has on the server, and under another mount', async () => {
  const { folder, file } = await disk()
  expect(await textOf(folder, file)).toBe('what is in it')
  expect(await textOf(folder, `/var/lib/telegram-bot-api/${TOKEN}/documents/file_1.txt`)).toBe(
    'what is in it',
  )
})

test('the folder itself may be a link', async () => {
  const { folder, file } = await disk()
  await symlink(folder, `${folder}-linked`)
  expect(await textOf(`${folder}-linked`, file)).toBe('what is in it')
})

test('nothing outside of the folder is read: neither named, nor stepped to, nor linked to', async () => {
  const { folder, secret } = await disk()
  const link = join(folder, TOKEN, 'documents', 'link.txt')
  const way = join(folder, TOKEN, 'way')
  await symlink(secret, link)
  await symlink(join(folder, '..'), way)
  for (const path of [
    secret,
    '/etc/hostname',
    `${folder}/${TOKEN}/../../secret.txt`,
    `/elsewhere/${TOKEN}/../../secret.txt`,
    link,
    join(way, 'secret.txt'),
    `${folder}-beside/secret.txt`,
  ]) {
    const failure = await failureOf(folder, path)
    expect(['denied', 'gone']).toContain(failure.kind)
  }
})

test('a folder is no file, and a file that is missing is gone', async () => {
  const { folder } = await disk()
  expect(await failureOf(folder, join(folder, TOKEN, 'documents'))).toMatchObject({ kind: 'denied' })
  expect(await failureOf(folder, folder)).toMatchObject({ kind: 'denied' })
  const missing = await failureOf(folder, join(folder, TOKEN, 'documents', 'file_2.txt'))
  expect(missing).toMatchObject({ kind: 'gone', code: 'ENOENT' })
  expect(inspect(missing, { depth: 9, showHidden: true })).not.toContain(TOKEN)
})
