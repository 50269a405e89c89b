// The playground as a page: `npm run playground` in a terminal, or with --page anywhere.

import { spawn } from 'node:child_process'
import { openPage, type PageServer } from './server.ts'

export interface RunOptions {
  /** Left out: 8790, or any free one where that is taken. */
  readonly port?: number
  /** Opens it in the person's browser. */
  readonly open: boolean
  readonly print: (text: string) => void
  /** For what went wrong. */
  readonly complain: (text: string) => void
  readonly signal: AbortSignal
}

const USUAL_PORT = 8_790

/** Resolves with the exit code, once it was told to stop: 0, or 1 where the page could not be opened. */
export async function runPage(given: RunOptions): Promise<number> {
  const hungUp = new AbortController()
  // A terminal that is closed tells so, and the bridge would go on without it.
  process.once('SIGHUP', () => hungUp.abort())
  const options = { ...given, signal: AbortSignal.any([given.signal, hungUp.signal]) }
  const { port, open, print, complain, signal } = options
  const startedAtMs = performance.now()
  print('Starting emulated Coze, Discord, Telegram and Feishu, and the real bridge between them …\n')
  const page = await opened(port, complain)
  if (page === undefined) return 1
  try {
    await ready(page, startedAtMs, options)
    // Only now: what is said on Discord before the bridge has its first session there is heard by nobody.
    if (!signal.aborted) print(`\nOpen ${page.address}\n\n`)
    if (open && !signal.aborted) openInBrowser(page.address)
    await aborted(signal)
    print('\nEnding …\n')
    return 0
  } finally {
    await page.close()
  }
}

async function opened(
  port: number | undefined,
  complain: (text: string) => void,
): Promise<PageServer | undefined> {
  try {
    return await openPage({ port: port ?? USUAL_PORT })
  } catch (error) {
    if (!isTaken(error)) throw error
    if (port === undefined) return await openPage({ port: 0 })
    complain(
      `Port ${port} is taken by another program. Leave --port out for any free one, or name another.\n`,
    )
    return undefined
  }
}

function isTaken(error: unknown): boolean {
  return error instanceof Error && 'code' in error && (error.code === 'EADDRINUSE' || error.code === 'EACCES')
}

const LOOK_EVERY_MS = 50

async function ready(
  { play }: PageServer,
  startedAtMs: number,
  { print, complain, signal }: RunOptions,
): Promise<void> {
  while (play.bridge.now.state === 'starting' && !signal.aborted)
    await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS))
  if (signal.aborted) return
  const { now } = play.bridge
  const seconds = ((performance.now() - startedAtMs) / 1_000).toFixed(1)
  if (now.state === 'ended') complain(`The bridge ended with exit code ${now.exitCode}:\n${now.log}\n`)
  else print(`The bridge is connected (${seconds} s). No account is used. Ctrl-C ends it.\n`)
}

async function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return
  await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }))
}

/** Where there is no browser, the address stands in the terminal. */
function openInBrowser(address: string): void {
  const [command, ...args] = OPENERS[process.platform] ?? ['xdg-open']
  const child = spawn(command ?? '', [...args, address], { stdio: 'ignore', detached: true })
  child.once('error', () => undefined)
  child.unref()
}

const OPENERS: Readonly<Partial<Record<NodeJS.Platform, readonly string[]>>> = {
  darwin: ['open'],
  win32: ['rundll32', 'url.dll,FileProtocolHandler'],
}
