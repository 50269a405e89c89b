// Can Telegram reach the webhook's address: does its name resolve, is it public, is its certificate good, who answers?
import { lookup } from 'node:dns/promises'
import { BlockList, isIP } from 'node:net'
import type { AccountWants, Finding } from '../../src/contract/platform.ts'
import type { CheckParts } from './check-parts.ts'
import { isCloud } from './check-server.ts'
import { fieldsOf, readString } from '../common/read.ts'

/** https://core.telegram.org/bots/api#setwebhook */
const PORTS = new Set(['', '443', '80', '88', '8443'])
const TLS_CODES = /^(ERR_TLS_|ERR_SSL_|CERT_|UNABLE_TO_|SELF_SIGNED_|DEPTH_ZERO_|HOSTNAME_MISMATCH|EPROTO)/

export async function checkReach(
  parts: CheckParts & { readonly publicUrl: string },
  wants: AccountWants,
  signal: AbortSignal,
): Promise<readonly Finding[]> {
  const { account, fetch, publicUrl, settings, webhookUrl } = parts
  const subject = `${account} public address`
  const url = URL.parse(publicUrl)
  if (url === null) return []
  const remedyFor = (what: string): string =>
    `${what}, or correct webhook.publicUrl (TELEGRAM_WEBHOOK_URL); or use mode: polling, which needs no address.`
  // One's own server may stand beside the bridge.
  if (isCloud(settings.apiRoot)) {
    if (url.protocol !== 'https:' || !PORTS.has(url.port)) {
      const remedy = remedyFor('Put the bridge behind HTTPS on port 443, 80, 88 or 8443')
      return [
        {
          verdict: 'fault',
          subject,
          reason: 'Telegram calls https:// on port 443, 80, 88 or 8443 alone',
          remedy,
        },
      ]
    }
    const addresses = await addressesOf(url.hostname)
    if (addresses.length === 0) {
      const remedy = remedyFor(`Make a DNS record (A or AAAA) for ${url.hostname}`)
      return [{ verdict: 'fault', subject, reason: `the name ${url.hostname} does not resolve`, remedy }]
    }
    if (addresses.every(isPrivate)) {
      const remedy = remedyFor('Give it a public address: a server in front, or a tunnel')
      const reason = `${url.hostname} is ${addresses.join(', ')}, which nobody outside of this network reaches`
      return [{ verdict: 'fault', subject, reason, remedy }]
    }
  }
  try {
    const response = await fetch(webhookUrl, { method: 'GET', signal })
    await response.body?.cancel()
    return [answered(subject, response.status, wants, new URL(webhookUrl).pathname)]
  } catch (error) {
    const code = codeOf(error)
    if (TLS_CODES.test(code)) {
      const remedy = remedyFor(
        'Give the server a certificate of a known authority for this name (Caddy or certbot get one), with its whole chain',
      )
      return [{ verdict: 'fault', subject, reason: `its certificate is not good (${code})`, remedy }]
    }
    return [
      {
        verdict: 'warning',
        subject,
        reason: `cannot be reached from this machine (${code}); Telegram may still reach it`,
        remedy: remedyFor('Check port forwarding, the firewall, and the server in front of the bridge'),
      },
    ]
  }
}

/** The bridge's own webhook takes POST alone: 405. */
export function answered(subject: string, status: number, { running }: AccountWants, path: string): Finding {
  if (status === 405) return { verdict: 'ok', subject, reason: 'leads to a bridge' }
  if (status === 404) {
    return {
      verdict: 'warning',
      subject,
      reason: `answers, but knows nothing of ${path}`,
      remedy: `Let the server in front of the bridge hand on /webhooks/ unchanged; and see that webhook.publicUrl has no path that it does not take away.`,
    }
  }
  if (running !== true && status >= 500) {
    return {
      verdict: 'note',
      subject,
      reason: `answers ${status}, as it should while the bridge does not run`,
    }
  }
  return {
    verdict: 'warning',
    subject,
    reason: `answers ${status}, as no bridge does`,
    remedy:
      'Let the server in front of the bridge hand on /webhooks/ to its port (server.port), without asking for a login.',
  }
}

async function addressesOf(host: string): Promise<readonly string[]> {
  const bare = host.replace(/^\[|\]$/g, '')
  if (isIP(bare) !== 0) return [bare]
  try {
    return (await lookup(bare, { all: true })).map(({ address }) => address)
  } catch {
    return []
  }
}

const PRIVATE = new BlockList()
for (const [network, prefix] of [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.168.0.0', 16],
] as const) {
  PRIVATE.addSubnet(network, prefix, 'ipv4')
}
PRIVATE.addAddress('::1', 'ipv6')
PRIVATE.addSubnet('fc00::', 7, 'ipv6')
PRIVATE.addSubnet('fe80::', 10, 'ipv6')

/** https://www.iana.org/assignments/iana-ipv4-special-registry */
export function isPrivate(address: string): boolean {
  return PRIVATE.check(address, isIP(address) === 6 ? 'ipv6' : 'ipv4')
}

function codeOf(error: unknown): string {
  const { code, cause } = fieldsOf(error)
  return readString(code) ?? readString(fieldsOf(cause)['code']) ?? 'no answer'
}
