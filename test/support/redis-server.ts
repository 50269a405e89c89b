// A real Redis for tests: on loopback, in a folder of its own, writing every change to its disk; to be killed, frozen and started again.

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePort } from './e2e-stage.ts'

export interface RedisServer {
  readonly port: number
  /** For `openStore`, with the password if there is one. */
  readonly url: string
  /** SIGSTOP: it takes connections and answers nothing. */
  freeze(): void
  /** SIGCONT. */
  thaw(): void
  /** SIGKILL. */
  kill(): Promise<void>
  /** Over the same folder and port, after a kill; resolves when it listens. */
  restart(): Promise<void>
  /** For good, with its folder. */
  stop(): Promise<void>
}

export interface RedisOptions {
  readonly password?: string
  /** Lines of redis.conf, beside those that make it durable. */
  readonly config?: Readonly<Record<string, string>>
  /** False: `restart` starts it. */
  readonly started?: boolean
}

const DURABLE = { appendonly: 'yes', appendfsync: 'always', save: '' }
const GENEROUS_MS = 30_000

export async function startRedis(options: RedisOptions = {}): Promise<RedisServer> {
  const folder = await mkdtemp(join(tmpdir(), 'coze-bridge-redis-'))
  const port = await freePort()
  const settings = {
    ...DURABLE,
    ...(options.password === undefined ? {} : { requirepass: options.password }),
    ...options.config,
  }
  let running: ReturnType<typeof spawnServer> | undefined

  const server: RedisServer = {
    port,
    url: `redis://${options.password === undefined ? '' : `:${encodeURIComponent(options.password)}@`}127.0.0.1:${port}/0`,
    freeze: () => signal('SIGSTOP'),
    thaw: () => signal('SIGCONT'),
    async kill() {
      signal('SIGKILL')
      await running?.ended
      running = undefined
    },
    async restart() {
      running = spawnServer(folder, port, settings)
      await listens(port, running.fault)
    },
    async stop() {
      await server.kill()
      await rm(folder, { recursive: true, force: true })
    },
  }

  function signal(name: NodeJS.Signals): void {
    running?.process.kill(name)
  }

  if (options.started !== false) {
    try {
      await server.restart()
    } catch (error) {
      await server.stop()
      throw error
    }
  }
  return server
}

function spawnServer(folder: string, port: number, settings: Readonly<Record<string, string>>) {
  const flags = Object.entries(settings).flatMap(([name, value]) => [`--${name}`, value])
  const child = spawn(
    'redis-server',
    ['--bind', '127.0.0.1', '--port', String(port), '--dir', folder, '--daemonize', 'no', ...flags],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  )
  let printed = ''
  child.stdout.on('data', (chunk: Buffer) => (printed = (printed + chunk.toString()).slice(-2_000)))
  const missing = new Promise<string>((resolve) =>
    child.once('error', (error) =>
      resolve(
        `redis-server could not be started (${error.message}). These tests need it: apt-get install redis-server.`,
      ),
    ),
  )
  const ended = Promise.race([once(child, 'exit'), missing])
  return {
    process: child,
    ended,
    fault: Promise.race([missing, ended.then(() => `redis-server ended:\n${printed}`)]),
  }
}

/** Until it answers: it loads its data first, and refuses everything meanwhile. */
async function listens(port: number, fault: Promise<string>): Promise<void> {
  const failed = fault.then((sentence) => {
    throw new Error(sentence)
  })
  failed.catch(() => {})
  const deadlineMs = performance.now() + GENEROUS_MS
  while (!(await Promise.race([answers(port), failed]))) {
    if (performance.now() > deadlineMs) throw new Error('redis-server does not listen.')
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1')
    const end = (is: boolean): void => {
      socket.destroy()
      resolve(is)
    }
    socket.setTimeout(1_000, () => end(false))
    socket.once('error', () => end(false))
    socket.once('connect', () => socket.write('PING\r\n'))
    // A server with a password says NOAUTH, and is there.
    socket.once('data', (chunk) => end(/PONG|NOAUTH/.test(chunk.toString())))
  })
}
