// Do things go wrong on demand, exactly as asked, and no more often?
import { expect, test } from 'vitest'
import { dial, identify, lab, send } from '../../../test/support/discord-wire.ts'

test('a fault hits what it is meant for, as often as asked, after letting some pass', async () => {
  const { emulator, ann, messages } = await lab()
  const other = `/channels/${emulator.directChannel(ann).id}/messages`
  const channelId = messages.split('/')[2] ?? ''
  const fault = emulator.faults.add({
    fault: { do: 'error', status: 500 },
    routes: ['createMessage'],
    channelId,
    times: 2,
    skip: 1,
  })
  const statuses: number[] = []
  for (let i = 0; i < 4; i += 1)
    statuses.push((await send(emulator, 'POST', messages, { content: `${i}` })).status)
  expect(statuses).toEqual([200, 500, 500, 200])
  expect((await send(emulator, 'POST', other, { content: 'x' })).status).toBe(200)
  expect(fault.hits).toBe(2)
})

test.each([
  ['error', { do: 'error', status: 403, code: 50_013, message: 'Missing Permissions' }, 403],
  ['Cloudflare page', { do: 'html' }, 403],
  ['Cloudflare limit', { do: 'html', status: 429, retryAfterMs: 2000 }, 429],
  ['rate limit', { do: 'rate-limit', retryAfterMs: 2500, code: 20_028, scope: 'shared' }, 429],
] as const)('%s: refused before anything is done', async (_what, fault, status) => {
  const { emulator, general, messages } = await lab()
  emulator.faults.add({ fault })
  expect((await send(emulator, 'POST', messages, { content: 'x' })).status).toBe(status)
  expect(emulator.screen(general)).toEqual([])
})

test('a rate limit without its header tells only in the body, and holds until its time is over', async () => {
  let now = 1_800_000_000_000
  const { emulator, messages } = await lab({ nowMs: () => now })
  emulator.faults.add({ fault: { do: 'rate-limit', retryAfterMs: 2000, header: false } })
  const refused = await send(emulator, 'POST', messages, { content: 'x' })
  expect(refused.headers.get('retry-after')).toBeNull()
  expect(refused.json).toMatchObject({ retry_after: 2 })
  expect((await send(emulator, 'POST', messages, { content: 'x' })).status).toBe(429)
  now += 2000
  expect((await send(emulator, 'POST', messages, { content: 'x' })).status).toBe(200)
})

test('an answer is lost, cut short or late after the work is done', async () => {
  const { emulator, general, messages } = await lab()
  for (const fault of [
    { do: 'drop', storing: 'after' },
    { do: 'garbage', storing: 'after' },
    { do: 'slow', delayMs: 1, storing: 'after' },
    { do: 'html', status: 502, storing: 'after' },
  ] as const)
    emulator.faults.add({ fault })
  await expect(send(emulator, 'POST', messages, { content: 'a' })).rejects.toThrow()
  expect((await send(emulator, 'POST', messages, { content: 'b' })).json).toEqual({})
  expect((await send(emulator, 'POST', messages, { content: 'c' })).json).toMatchObject({ content: 'c' })
  expect((await send(emulator, 'POST', messages, { content: 'd' })).status).toBe(502)
  expect(emulator.screen(general).map(({ text }) => text)).toEqual(['a', 'b', 'c', 'd'])
})

test('withheld answers end with the emulator', async () => {
  const { emulator, general, messages } = await lab()
  emulator.faults.add({ fault: { do: 'hang' }, times: Infinity })
  const hanging = [1, 2, 3].map(() => send(emulator, 'POST', messages, { content: 'x' }).catch(() => 'cut'))
  await emulator.waitFor(({ store }) => store.calls.length === 3, { timeoutMs: 5000 })
  await emulator.close()
  expect(await Promise.all(hanging)).toEqual(['cut', 'cut', 'cut'])
  expect(emulator.screen(general)).toEqual([])
})

test('attachments expire, are fetched anew with a fresh address, are slow and fail', async () => {
  const { emulator, ann, general, messages } = await lab()
  const said = emulator.say(ann, general, 'look', { files: [{ name: '图 1.txt', bytes: 'inside' }] })
  const address = async (): Promise<string> => {
    const { json } = await send(emulator, 'GET', `${messages}/${said.id}`)
    return (json['attachments'] as readonly { url: string }[])[0]?.url ?? ''
  }
  const old = await address()
  expect(await (await fetch(old)).text()).toBe('inside')
  expect((await fetch(old.replace('hm=', 'hm=0'))).status).toBe(404)
  emulator.faults.expireAttachments()
  expect((await fetch(old)).status).toBe(404)
  emulator.faults.add({ fault: { do: 'error', status: 403 }, routes: ['attachment'] })
  expect((await fetch(await address())).status).toBe(403)
  emulator.faults.add({ fault: { do: 'slow', delayMs: 1 }, routes: ['attachment'] })
  expect(await (await fetch(await address())).text()).toBe('inside')
})

test('upgrades are refused, connections are cut, and the whole platform goes and comes back', async () => {
  const { emulator, messages } = await lab()
  emulator.faults.gateway.refuseUpgrade(503)
  expect((await dial(emulator).closed).code).toBe(1006)
  const letIn = emulator.faults.gateway.refuse()
  expect((await dial(emulator).closed).code).toBe(1006)
  letIn()
  const wire = await identify(emulator)
  await wire.event('READY')
  const comeBack = emulator.faults.offline()
  expect((await wire.closed).code).toBe(1006)
  await expect(send(emulator, 'GET', messages)).rejects.toThrow('fetch failed')
  comeBack()
  expect((await send(emulator, 'GET', messages)).status).toBe(200)
})

test('a failed wait shows the screen and the last calls', async () => {
  const { emulator, ann, general, messages } = await lab()
  emulator.say(ann, general, 'hello there')
  await send(emulator, 'POST', messages, { content: 'answer' })
  const wait = emulator.waitFor(() => false, { timeoutMs: 1, what: 'the impossible' })
  await expect(wait).rejects.toThrow(
    /the impossible did not come true(.|\n)*hello there(.|\n)*createMessage 200/,
  )
})
