// Do faults break the wire as real networks and gateways do?
import { expect, test } from 'vitest'
import { stage } from './raw-bot.ts'

test('a page of the proxy, half an answer, a cut line', async () => {
  await using lab = await stage()
  const { emulator, bot, group } = lab
  emulator.faults.add({ fault: { do: 'html', status: 503 } })
  await expect(bot.send(group.id, 'x')).rejects.toThrow(/JSON/)
  emulator.faults.add({ fault: { do: 'garbage' } })
  await expect(bot.send(group.id, 'x')).rejects.toThrow(/JSON/)
  emulator.faults.add({ fault: { do: 'drop' } })
  await expect(bot.send(group.id, 'x')).rejects.toThrow(/fetch failed/)
  expect(emulator.screen(group)).toEqual([])
  expect(emulator.store.calls.slice(-3).map(({ code }) => code)).toEqual([-1, -1, -1])
})

test('any code with any status, before or after it took effect', async () => {
  await using lab = await stage()
  const { emulator, bot, group } = lab
  emulator.faults.add({ fault: { do: 'error', code: 230020 }, path: /messages$/, skip: 1 })
  expect(await bot.codeOf(bot.send(group.id, 'passes'))).toBe(0)
  expect(await bot.send(group.id, 'refused')).toMatchObject({ status: 400, code: 230020 })
  emulator.faults.add({ fault: { do: 'error', code: 2200, status: 200, storing: 'after' } })
  expect(await bot.send(group.id, 'done all the same')).toMatchObject({ status: 200, code: 2200 })
  expect(emulator.screen(group).map(({ text }) => text)).toEqual(['passes', 'done all the same'])
})

test('a rate limit holds until its seconds are over', async () => {
  await using lab = await stage()
  const { emulator, bot, group } = lab
  emulator.faults.add({ fault: { do: 'rate-limit', resetSeconds: 3 }, operations: ['message.create'] })
  const refused = await bot.send(group.id, 'x')
  expect([refused.status, refused.code]).toEqual([429, 99991400])
  expect(refused.headers.get('x-ogw-ratelimit-reset')).toBe('3')
  lab.pass(2_000)
  expect((await bot.send(group.id, 'x')).headers.get('x-ogw-ratelimit-reset')).toBe('1')
  lab.pass(1_000)
  expect(await bot.codeOf(bot.send(group.id, 'x'))).toBe(0)
})

test('a revoked token stays revoked until a new one is asked for', async () => {
  await using lab = await stage()
  const { emulator, bot, group } = lab
  emulator.faults.add({ fault: { do: 'invalid-token' } })
  expect(await bot.codeOf(bot.send(group.id, 'x'))).toBe(99991663)
  expect(await bot.codeOf(bot.send(group.id, 'x'))).toBe(99991663)
  await bot.signIn()
  expect(await bot.codeOf(bot.send(group.id, 'x'))).toBe(0)
})

test('a withheld answer ends with the emulator', async () => {
  const lab = await stage()
  const { emulator, bot, group } = lab
  emulator.faults.add({ fault: { do: 'hang' }, times: Infinity })
  const held = bot.send(group.id, 'x').catch((error: unknown) => error)
  await emulator.waitFor((e) => e.store.calls.some(({ operation }) => operation === 'message.create'), {
    timeoutMs: 5_000,
  })
  await emulator.close()
  expect(await held).toBeInstanceOf(Error)
})

test('a wait that fails shows the screen', async () => {
  await using lab = await stage()
  const { emulator, ann, group } = lab
  emulator.say(ann, group, 'hi there')
  await expect(emulator.waitFor(() => false, { timeoutMs: 1, what: 'the reply' })).rejects.toThrow(
    /the reply did not come true[\s\S]*Ann: hi there/,
  )
})
