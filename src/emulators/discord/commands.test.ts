// Which commands are taken, and which refused?
import { expect, test } from 'vitest'
import { lab, send } from '../../../test/support/discord-wire.ts'
import type { Json } from './types.ts'

test('commands: names, sizes and sets', async () => {
  const { emulator } = await lab()
  const at = `/applications/${emulator.applicationId}/commands`
  const put = (...commands: readonly unknown[]): Promise<{ status: number; json: Json }> =>
    send(emulator, 'PUT', at, commands)
  expect((await put({ name: '提问', description: '问' })).status).toBe(200)
  expect((await put({ name: 'Ask', description: 'x' })).status).toBe(400)
  expect((await put({ name: 'ask', description: '' })).status).toBe(400)
  expect((await put({ name: 'a', description: 'x' }, { name: 'a', description: 'y' })).status).toBe(400)
  const many = Array.from({ length: 101 }, (_, i) => ({ name: `c${i}`, description: 'x' }))
  expect((await put(...many)).status).toBe(400)
  expect((await put(...many.slice(1))).status).toBe(200)
  expect((await send(emulator, 'POST', at, many[0])).json['code']).toBe(30_032)
  const choices = Array.from({ length: 25 }, () => ({ name: 'x'.repeat(100), value: 'y'.repeat(100) }))
  const options = Array.from({ length: 2 }, (_, i) => ({ type: 3, name: `o${i}`, description: 'x', choices }))
  expect((await put({ name: 'big', description: 'x', options })).status).toBe(400)
  const order = [
    { type: 3, name: 'a', description: 'x' },
    { type: 3, name: 'b', description: 'x', required: true },
  ]
  expect((await put({ name: 'order', description: 'x', options: order })).status).toBe(400)
})
