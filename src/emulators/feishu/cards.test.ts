// Does CardKit keep its rules? One sequence, ten minutes, and one fault anywhere refuses the whole card.
import { expect, test } from 'vitest'
import { stage, type RawAnswer, type RawBot, type Stage } from './raw-bot.ts'

const TABLE = '| a |b|\n|---|---|\n| 1 | 2 |\n\n'

function card(elements: readonly object[], config: object = { streaming_mode: true, update_multi: true }) {
  return { schema: '2.0', config, body: { elements } }
}

function body(content = '') {
  return { tag: 'markdown', element_id: 'body', content }
}

function make(bot: RawBot, json: object): Promise<RawAnswer> {
  return bot.call('POST', '/cardkit/v1/cards', { type: 'card_json', data: JSON.stringify(json) })
}

/** A streaming card on the screen of the group. */
async function streaming({ bot, group }: Stage, elements: readonly object[] = [body()]) {
  const cardId = (await make(bot, card(elements))).data.card_id
  const sent = await send(bot, group.id, cardId)
  const on = (method: string, path: string, more: object) =>
    bot.call(method, `/cardkit/v1/cards/${cardId}${path}`, more)
  const write = (content: string, sequence: number, more: object = {}) =>
    bot.codeOf(on('PUT', '/elements/body/content', { content, sequence, ...more }))
  const settings = (config: object, sequence: number) =>
    bot.codeOf(on('PATCH', '/settings', { settings: JSON.stringify({ config }), sequence }))
  return { cardId, messageId: sent.data.message_id, on, write, settings }
}

function send(bot: RawBot, chatId: string, cardId: string): Promise<RawAnswer> {
  return bot.send(chatId, '', {
    msg_type: 'interactive',
    content: JSON.stringify({ type: 'card', data: { card_id: cardId } }),
  })
}

test('a card grows, says so, and is closed with a summary', async () => {
  await using lab = await stage()
  const { emulator, group } = lab
  const finals: boolean[] = []
  emulator.onFrame(({ final }) => finals.push(final))
  const { cardId, write, settings } = await streaming(lab)
  expect(await write('Hello', 1)).toBe(0)
  expect(emulator.screen(group)[0]).toMatchObject({
    text: 'Hello',
    generating: true,
    summary: '[生成中...]',
    cardId,
  })
  expect(await write('Hello world', 2)).toBe(0)
  expect(await settings({ streaming_mode: false, summary: { content: 'Hello…' } }, 3)).toBe(0)
  expect(emulator.screen(group)[0]).toMatchObject({
    text: 'Hello world',
    generating: false,
    summary: 'Hello…',
  })
  expect(finals).toEqual([false, false, false, true])
  expect(emulator.store.cards.get(cardId)?.history.map(({ sequence }) => sequence)).toEqual([0, 1, 2, 3])
})

test('the sequence rises over all operations; a refused one does not use it up', async () => {
  await using lab = await stage()
  const { write, settings, on } = await streaming(lab)
  expect(await write('a', 5)).toBe(0)
  expect(await write('b', 5)).toBe(300317)
  expect(await settings({ summary: { content: 's' } }, 4)).toBe(300317)
  expect(await write('', 6)).toBe(10002)
  expect(await write('b', 6)).toBe(0)
  expect((await on('PUT', '/elements/body/content', { content: 'c' })).code).toBe(10002)
})

test('a repeated uuid is a success without effect, another use of it a conflict', async () => {
  await using lab = await stage()
  const { write, cardId } = await streaming(lab)
  expect(await write('a', 1, { uuid: 'u' })).toBe(0)
  expect(await write('a', 1, { uuid: 'u' })).toBe(0)
  expect(await write('b', 2, { uuid: 'u' })).toBe(200770)
  expect(lab.emulator.store.cards.get(cardId)?.sequence).toBe(1)
})

test('after ten minutes the first update is told of the time-out, later ones of the end; switching on again helps', async () => {
  await using lab = await stage()
  const { write, settings } = await streaming(lab)
  lab.pass(600_000)
  expect([await write('a', 1), await write('a', 2), await write('a', 3)]).toEqual([200850, 300309, 300309])
  expect(lab.emulator.screen(lab.group)[0]?.generating).toBe(true)
  expect(await settings({ streaming_mode: true }, 4)).toBe(0)
  expect(await write('a', 5)).toBe(0)
})

test('text goes into text that is there', async () => {
  await using lab = await stage()
  const { on, write } = await streaming(lab, [body(), { tag: 'hr', element_id: 'line' }])
  expect((await on('PUT', '/elements/line/content', { content: 'a', sequence: 1 })).code).toBe(300310)
  expect((await on('PUT', '/elements/none/content', { content: 'a', sequence: 1 })).code).toBe(300313)
  expect(await write('a'.repeat(31_000), 1)).toBe(200860)
  expect(await write(`![a](https://pictures.example/a.png)`, 1)).toBe(200570)
  expect(await write(TABLE.repeat(5), 1)).toBe(0)
  expect(await write(TABLE.repeat(6), 2)).toBe(230099)
})

test('a card that cannot be shown is not made', async () => {
  await using lab = await stage()
  const { bot } = lab
  const codes = (...cards: readonly object[]) => Promise.all(cards.map((json) => bot.codeOf(make(bot, json))))
  const many = Array.from({ length: 201 }, () => ({ tag: 'markdown', content: 'x' }))
  expect(
    await codes(
      { schema: '1.0', elements: [] },
      {},
      card([body(), body()]),
      card(many.slice(1)),
      card(many),
      card([{ tag: 'note', elements: [] }]),
      card([{ tag: 'marquee' }]),
      card([body()], { update_multi: false }),
      card([{ tag: 'form', name: 'f', elements: [{ tag: 'input' }] }]),
      { ...card([body()]), elements: [] },
    ),
  ).toEqual([300303, 300307, 300301, 0, 300305, 230099, 200220, 300302, 230099, 200220])
})

test('an entity is sent once, a bare card_id not at all', async () => {
  await using lab = await stage()
  const { bot, group } = lab
  const { cardId } = await streaming(lab)
  expect(await bot.codeOf(send(bot, group.id, cardId))).toBe(230099)
  const bare = bot.send(group.id, '', {
    msg_type: 'interactive',
    content: JSON.stringify({ card_id: cardId }),
  })
  expect(await bot.codeOf(bare)).toBe(230099)
  expect(lab.emulator.screen(group)).toHaveLength(1)
})

test('a fresh card may be unknown for a moment', async () => {
  await using lab = await stage()
  const { bot, group, emulator } = lab
  const cardId = (await make(bot, card([body()]))).data.card_id
  emulator.faults.add({ fault: { do: 'fresh-card' }, times: 2 })
  expect(await bot.codeOf(bot.send(group.id, 'no card'))).toBe(0)
  expect(await bot.codeOf(send(bot, group.id, cardId))).toBe(230099)
  expect(await bot.codeOf(send(bot, group.id, cardId))).toBe(230099)
  expect(await bot.codeOf(send(bot, group.id, cardId))).toBe(0)
})

test('elements are added, changed, replaced and removed, and in one go', async () => {
  await using lab = await stage()
  const { on } = await streaming(lab, [body('one')])
  const text = () => lab.emulator.screen(lab.group)[0]?.text
  const words = (element_id: string, content: string) =>
    JSON.stringify([{ tag: 'markdown', element_id, content }])
  await on('POST', '/elements', {
    type: 'insert_after',
    target_element_id: 'body',
    elements: words('b', 'two'),
    sequence: 1,
  })
  await on('PATCH', '/elements/b', { partial_element: '{"content":"three"}', sequence: 2 })
  expect(text()).toBe('one\n\nthree')
  expect((await on('PATCH', '/elements/b', { partial_element: '{"tag":"hr"}', sequence: 3 })).code).toBe(
    300312,
  )
  await on('PUT', '/elements/b', { element: '{"tag":"markdown","content":"four"}', sequence: 4 })
  await on('DELETE', '/elements/body', { sequence: 5 })
  expect(text()).toBe('four')
  expect((await on('DELETE', '/elements/body', { sequence: 6 })).code).toBe(300314)
  const actions = JSON.stringify([
    { action: 'add_elements', params: { type: 'append', elements: words('c', 'five') } },
    { action: 'partial_update_setting', params: { settings: { config: { streaming_mode: false } } } },
  ])
  await on('POST', '/batch_update', { actions, sequence: 7 })
  expect(lab.emulator.screen(lab.group)[0]).toMatchObject({ text: 'four\n\nfive', generating: false })
})

test('a whole new card ends the streaming unless it says otherwise', async () => {
  await using lab = await stage()
  const { on, write } = await streaming(lab)
  const data = JSON.stringify(card([body('done')], { update_multi: true }))
  expect((await on('PUT', '', { card: { type: 'card_json', data }, sequence: 1 })).code).toBe(0)
  expect(lab.emulator.screen(lab.group)[0]).toMatchObject({ text: 'done', generating: false })
  expect(await write('late', 2)).toBe(300309)
})

test('ten operations a second are allowed to a card that does not stream, more to one that does', async () => {
  await using lab = await stage({ limits: { callsPerSecond: 1000 } })
  const { write, settings } = await streaming(lab)
  const grown: number[] = []
  for (let i = 1; i <= 20; i += 1) grown.push(await write(`${i}`, i))
  expect(new Set(grown)).toEqual(new Set([0]))
  await settings({ streaming_mode: false }, 21)
  const still: number[] = []
  for (let i = 22; i < 33; i += 1) still.push(await settings({ summary: { content: `${i}` } }, i))
  expect(still.filter((code) => code === 230020)).toHaveLength(1)
})

test('an update may be dropped in silence, and streaming end early', async () => {
  await using lab = await stage()
  const { emulator, group } = lab
  const { write, cardId } = await streaming(lab)
  emulator.faults.add({ fault: { do: 'ignore' }, operations: ['cardElement.content'] })
  expect(await write('lost', 1)).toBe(0)
  expect(emulator.screen(group)[0]?.text).toBe('')
  emulator.closeStreaming(cardId)
  expect(await write('late', 2)).toBe(200850)
  emulator.closeStreaming(cardId, 'closed')
  expect(await write('later', 3)).toBe(300309)
})
