// Does the server get rid of whoever sends a request drop by drop, or too much of it?
import { once } from 'node:events'
import { connect } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import { createQuietLogger } from '../../test/support/quiet-logger.ts'
import { startServer } from './server.ts'

async function openSocket() {
  const server = await startServer({
    host: '127.0.0.1',
    port: 0,
    log: createQuietLogger(),
    health: () => ({}),
    webhooks: [],
    times: { headersMs: 60, requestMs: 120, checkEveryMs: 20 },
  })
  const socket = connect(server.port, '127.0.0.1')
  let answer = ''
  socket.on('data', (data: Buffer) => (answer += data.toString())).on('error', () => undefined)
  onTestFinished(async () => {
    socket.destroy()
    await server.close()
  })
  await once(socket, 'connect')
  return { socket, closed: once(socket, 'close'), answer: () => answer }
}

test('headers that never end are answered 408', async () => {
  const { socket, closed, answer } = await openSocket()
  socket.write('GET /healthz HTTP/1.1\r\nHost: x\r\nX-Slow: ')
  await closed
  expect(answer()).toMatch(/^HTTP\/1\.1 408 /)
})

test('so is a body that never ends', async () => {
  const { socket, closed, answer } = await openSocket()
  socket.write('POST /webhooks/x HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n{')
  await closed
  expect(answer()).toMatch(/^HTTP\/1\.1 4(?:08|04) /)
})

test('headers beyond all measure are answered 431', async () => {
  const { socket, closed, answer } = await openSocket()
  socket.write(`GET /healthz HTTP/1.1\r\nHost: x\r\nX-Long: ${'a'.repeat(20_000)}\r\n\r\n`)
  await closed
  expect(answer()).toMatch(/^HTTP\/1\.1 431 /)
})
