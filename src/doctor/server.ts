// Will the HTTP server get its port, who reaches it, and how good is the admin token?

import { createServer } from 'node:net'
import type { Finding } from '../contract/platform.ts'
import type { Fetch } from '../contract/runtime.ts'

export interface ServerWanted {
  readonly host: string
  /** 0 = any free one. */
  readonly port: number
  readonly adminToken?: string
}

export async function lookAtServer(
  wanted: ServerWanted,
  { fetch, signal }: { readonly fetch: Fetch; readonly signal: AbortSignal },
): Promise<readonly Finding[]> {
  return [...(await portOf(wanted, fetch, signal)), ...reachOf(wanted), ...tokenOf(wanted)]
}

const SUBJECT = 'server'

async function portOf(
  { host, port }: ServerWanted,
  fetch: Fetch,
  signal: AbortSignal,
): Promise<readonly Finding[]> {
  const where = `${host}:${port}`
  if (port === 0) return [{ verdict: 'ok', subject: SUBJECT, reason: 'takes any free port' }]
  const told = await readiness(`http://${nearHost(host)}:${port}/readyz`, fetch, signal)
  if (told !== undefined) {
    const running: Finding = { verdict: 'ok', subject: SUBJECT, reason: `a bridge answers at ${where}` }
    return [running, ...told.map(unwell)]
  }
  const code = await tryToListen(host, port)
  if (code === undefined) return [{ verdict: 'ok', subject: SUBJECT, reason: `${where} is free` }]
  if (code === 'EADDRINUSE') {
    return [
      {
        verdict: 'fault',
        subject: SUBJECT,
        reason: `${where} is taken by another program: the bridge does not start`,
        remedy: `Look which one it is (ss -ltnp | grep :${port}) and stop it, or set another server.port (BRIDGE_PORT).`,
      },
    ]
  }
  const remedy =
    code === 'EACCES'
      ? 'Ports below 1024 are for root alone: set another server.port (BRIDGE_PORT), and put a server in front of it.'
      : `Set server.host (BRIDGE_HOST) to an address of this machine: 127.0.0.1, or 0.0.0.0 for all of them.`
  return [{ verdict: 'fault', subject: SUBJECT, reason: `${where} cannot be listened at (${code})`, remedy }]
}

/** What a running bridge says is not well; undefined where none answers. */
async function readiness(
  url: string,
  fetch: Fetch,
  signal: AbortSignal,
): Promise<readonly string[] | undefined> {
  try {
    const answer: unknown = await (await fetch(url, { signal })).json()
    if (typeof answer !== 'object' || answer === null || !('reasons' in answer)) return undefined
    return Array.isArray(answer.reasons) ? answer.reasons.map(String) : undefined
  } catch {
    return undefined
  }
}

/** A bridge that says so itself knows best. */
function unwell(reason: string): Finding {
  return {
    verdict: 'warning',
    subject: 'running bridge',
    reason,
    remedy: 'Look at its log for the whole sentence, and at what doctor says about that account.',
  }
}

function tryToListen(host: string, port: number): Promise<string | undefined> {
  return new Promise((resolve) => {
    const server = createServer()
    server.once('error', (error) => resolve('code' in error ? String(error.code) : error.message))
    server.listen(port, host, () => server.close(() => resolve(undefined)))
  })
}

/** Where all addresses are listened at, this machine's own is one. */
function nearHost(host: string): string {
  if (host === '0.0.0.0' || host === '') return '127.0.0.1'
  if (host === '::') return '[::1]'
  return host.includes(':') ? `[${host}]` : host
}

export function reachOf({ host, port, adminToken }: ServerWanted): readonly Finding[] {
  if (isLoopback(host) || adminToken === undefined) return []
  return [
    {
      verdict: 'note',
      subject: 'server',
      reason: `listens on ${host}:${port}, which other machines may reach; the admin token travels unencrypted unless a server in front speaks HTTPS`,
    },
  ]
}

/** As config/server-rules.ts has it. */
function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127(?:\.\d{1,3}){3}$/.test(host)
}

/** 128 bits as hexadecimal digits have 32, in base64 22. Our choice. */
const ENOUGH_CHARS = 20
const ENOUGH_KINDS = 8

export function tokenOf({ adminToken }: ServerWanted): readonly Finding[] {
  if (adminToken === undefined) return []
  const subject = 'admin token'
  if (adminToken.length >= ENOUGH_CHARS && new Set(adminToken).size >= ENOUGH_KINDS) {
    return [{ verdict: 'ok', subject, reason: 'is long enough not to be guessed' }]
  }
  return [
    {
      verdict: 'warning',
      subject,
      reason: 'is short or simple: it can be guessed, and opens /metrics and /status',
      remedy: 'Make one with "openssl rand -hex 32", and set it as BRIDGE_ADMIN_TOKEN (server.adminToken).',
    },
  ]
}
