// `bridge login` as a process of its own, and the person who confirms it in a browser.

import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import type { CozeEmulator } from '../../src/emulators/coze/index.ts'
import { GENEROUS_MS } from './e2e-stage.ts'

export interface Running {
  readonly output: string
  readonly ended: Promise<number | null>
  /** What a pattern's first group matched, once it was printed. */
  prints(pattern: RegExp): Promise<string>
  interrupt(): void
}

/** A command of the command line in `folder`, with nothing of this process's own configuration. */
export function startCli(
  folder: string,
  args: readonly string[],
  env: Readonly<Record<string, string>>,
): Running {
  const cli = fileURLToPath(new URL('../../src/cli.ts', import.meta.url))
  const child = spawn(process.execPath, [cli, ...args], {
    cwd: folder,
    env: { PATH: process.env['PATH'], HOME: folder, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: 2 * GENEROUS_MS,
  })
  let output = ''
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => (output += text))
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve))
  return {
    get output() {
      return output
    },
    ended,
    async prints(pattern) {
      const deadlineMs = performance.now() + GENEROUS_MS
      for (;;) {
        const found = pattern.exec(output)
        if (found !== null) return found[1] ?? found[0]
        if (performance.now() > deadlineMs || child.exitCode !== null)
          throw new Error(`In vain: ${String(pattern)}. It printed:\n${output}`)
        await new Promise((resolve) => setTimeout(resolve, 15))
      }
    },
    interrupt: () => void child.kill('SIGINT'),
  }
}

export interface Ended {
  readonly code: number | null
  readonly output: string
}

/** Logs in with a code, which a person allows or denies in their browser. */
export async function logInByDevice(
  folder: string,
  env: Readonly<Record<string, string>>,
  verdict: 'allow' | 'deny' | 'nothing' = 'allow',
): Promise<Ended> {
  const login = startCli(folder, ['login', '--device'], env)
  const address = new URL(await login.prints(/(http\S+\/oauth\/device\S+)\s/))
  if (verdict !== 'nothing') await decide(address, verdict)
  return { code: await login.ended, output: login.output }
}

async function decide(address: URL, verdict: 'allow' | 'deny'): Promise<void> {
  const page = await (await fetch(address)).text()
  const link = new RegExp(`href="([^"]+/${verdict})"`).exec(page)?.[1]
  if (link === undefined) throw new Error(`this page asks nothing: ${page}`)
  await fetch(new URL(link, address))
}

/** The person's browser on this machine: through Coze's page, and back to the terminal's address. */
export async function browse(address: string, verdict: 'allow' | 'deny'): Promise<string> {
  const asking = await fetch(address)
  const back = await fetch(`${asking.url}/${verdict}`)
  return await back.text()
}

/** The rights to renew that were sent to Coze, in order. */
export function renewalsAt(coze: CozeEmulator): readonly string[] {
  return coze.store.requests.flatMap(({ path, body }) => {
    const grant = body as { readonly grant_type?: string; readonly refresh_token?: string } | undefined
    return path.endsWith('/oauth2/token') && grant?.grant_type === 'refresh_token'
      ? [grant.refresh_token ?? '']
      : []
  })
}
