// Which proxies does the environment name, can they be reached, and what goes past them?

import { connect } from 'node:net'
import type { Finding } from '../contract/platform.ts'

type Env = Readonly<Record<string, string | undefined>>

const NAMES = ['HTTPS_PROXY', 'HTTP_PROXY'] as const
const SUBJECT = 'proxy'

/** As net/fetch.ts reads them: small letters first. */
export function proxiesIn(env: Env): readonly { readonly name: string; readonly address: string }[] {
  return NAMES.flatMap((name) => {
    const address = env[name.toLowerCase()] ?? env[name] ?? ''
    return address === '' ? [] : [{ name, address }]
  })
}

export async function lookAtProxies(env: Env, signal: AbortSignal): Promise<readonly Finding[]> {
  const proxies = proxiesIn(env)
  if (proxies.length === 0) {
    const other = env['all_proxy'] ?? env['ALL_PROXY'] ?? ''
    if (other === '') return []
    const remedy = 'Set HTTPS_PROXY (and HTTP_PROXY) to the address of an HTTP proxy.'
    return [
      {
        verdict: 'note',
        subject: SUBJECT,
        reason: 'ALL_PROXY is set, which the bridge does not read',
        remedy,
      },
    ]
  }
  const findings = await Promise.all(proxies.map((proxy) => lookAt(proxy, signal)))
  const except = env['no_proxy'] ?? env['NO_PROXY'] ?? ''
  return [
    ...findings,
    {
      verdict: 'note',
      subject: SUBJECT,
      reason: `calls to Coze and to the platforms go through it${except === '' ? '' : `, except to ${except}`}; this machine itself, and Discord's gateway, are reached directly`,
    },
  ]
}

async function lookAt(
  { name, address }: { readonly name: string; readonly address: string },
  signal: AbortSignal,
): Promise<Finding> {
  const url = URL.parse(address)
  if (url === null || !/^https?:$/.test(url.protocol) || url.hostname === '') {
    return {
      verdict: 'fault',
      subject: SUBJECT,
      reason: `${name} is no address of an HTTP proxy`,
      remedy: `Write it as http://host:port, with user:password@ before the host where it asks for them; SOCKS is not spoken.`,
    }
  }
  const port = Number(url.port === '' ? (url.protocol === 'https:' ? 443 : 80) : url.port)
  const code = await reach(url.hostname.replace(/^\[|\]$/g, ''), port, signal)
  // Never the whole address: a password may stand in it.
  if (code === undefined) return { verdict: 'ok', subject: SUBJECT, reason: `${name}: ${url.host} answers` }
  return {
    verdict: 'fault',
    subject: SUBJECT,
    reason: `${name}: ${url.host} cannot be reached (${code})`,
    remedy: `Start the proxy, correct ${name}, or take it out of the environment.`,
  }
}

function reach(host: string, port: number, signal: AbortSignal): Promise<string | undefined> {
  return new Promise((resolve) => {
    const socket = connect({ host, port })
    const end = (code: string | undefined): void => {
      socket.destroy()
      resolve(code)
    }
    socket.once('connect', () => end(undefined))
    socket.once('error', (error) => end('code' in error ? String(error.code) : error.message))
    signal.addEventListener('abort', () => end('no answer'), { once: true })
  })
}
