// The owner's own service in this script: it answers one tool of the agent's.

import { createServer } from 'node:http'
import type { Service } from '../step.ts'

/** What it says to everybody. */
export const LEVEL = '3.14 m'

export async function openService(): Promise<Service> {
  const server = createServer((request, response) => {
    request.resume().once('end', () => {
      response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ level: LEVEL }))
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  return {
    env: { TOOL_URL: `http://127.0.0.1:${port}/level` },
    async close() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
