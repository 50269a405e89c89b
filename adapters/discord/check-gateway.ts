// Can the gateway be connected to: are there sessions left, how many shards, and does a proxy stand in its way?
import type { Finding } from '../../src/contract/platform.ts'
import { callAs } from './api.ts'
import type { CheckParts } from './check-parts.ts'
import { toPlatformError } from './errors.ts'
import { fieldsOf, readAmount } from '../common/read.ts'

/** Who has none left has the token reset by Discord: said before. Our choice. */
const FEW_SESSIONS = 20
const HOUR_MS = 3_600_000

export async function checkGateway(parts: CheckParts, signal: AbortSignal): Promise<readonly Finding[]> {
  const { account, api, settings, wants } = parts
  const findings = wants.proxied && !isNear(settings.apiBase) ? [proxyWarning(account)] : []
  try {
    const answer = await callAs(account, api, { method: 'GET', route: '/gateway/bot' }, signal)
    return [sessions(account, answer), ...findings]
  } catch (error) {
    const { message } = toPlatformError(account, 'GET /gateway/bot', error, signal)
    return [
      { verdict: 'warning', subject: `${account} gateway`, reason: `could not be looked at: ${message}` },
      ...findings,
    ]
  }
}

/** https://discord.com/developers/docs/events/gateway#get-gateway-bot */
export function sessions(account: string, answer: unknown): Finding {
  const subject = `${account} gateway`
  const given = fieldsOf(answer)
  const limit = fieldsOf(given['session_start_limit'])
  const shards = readAmount(given['shards']) ?? 1
  const left = readAmount(limit['remaining'])
  const hours = Math.ceil((readAmount(limit['reset_after']) ?? 0) / HOUR_MS)
  const remedy = `Look for what starts this bot again and again: another program with its token, a restart loop (docker ps, systemctl status). New ones come in ${hours} h.`
  if (left !== undefined && left < shards) {
    const reason = `of today's connections ${left} are left, and ${shards} needed: Discord refuses the next start`
    return { verdict: 'fault', subject, reason, remedy }
  }
  if (left !== undefined && left < shards + FEW_SESSIONS) {
    const reason = `of today's connections only ${left} are left; who uses them up has the token reset by Discord`
    return { verdict: 'warning', subject, reason, remedy }
  }
  const how = shards === 1 ? 'one shard' : `${shards} shards, which the bridge opens by itself`
  const told = left === undefined ? '' : `; ${left} connections are left today`
  return { verdict: 'ok', subject, reason: `is to be had, with ${how}${told}` }
}

/** discord.js hands no agent to its socket. https://github.com/discordjs/discord.js/issues/10716 */
function proxyWarning(account: string): Finding {
  return {
    verdict: 'warning',
    subject: `${account} gateway and proxy`,
    reason:
      "a proxy is set, and Discord's calls go through it, but not its gateway: that WebSocket goes straight to gateway.discord.gg:443",
    remedy:
      'Let this machine reach gateway.discord.gg and *.discord.gg on port 443 directly, or route it by a transparent proxy (TUN); mode: interactions needs no gateway.',
  }
}

/** A server on this machine is behind no proxy. */
function isNear(address: string): boolean {
  const host = URL.parse(address)?.hostname ?? ''
  return host === 'localhost' || host === '[::1]' || host.startsWith('127.')
}
