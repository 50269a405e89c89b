// Who can reach the HTTP server, and what do they need there?

import type { FileConfig } from './schema.ts'

/** What works, but may surprise the owner. */
export function serverWarnings({ server }: FileConfig): readonly string[] {
  if (isLoopback(server.host) || server.adminToken !== undefined) return []
  return [
    `The server listens on ${server.host}, which other machines may reach, and there is no server.adminToken (BRIDGE_ADMIN_TOKEN): /metrics and /status answer nobody, /healthz and /readyz anybody.`,
  ]
}

/** Only this machine reaches it. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127(?:\.\d{1,3}){3}$/.test(host)
}
