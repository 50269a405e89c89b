// Can somebody be written to first, and is what they wrote while nobody listened found?
import { expect, test, vi } from 'vitest'
import { discordStage, onceInbox, PATIENCE_MS } from '../../test/support/discord-stage.ts'
import type { SenderId } from '../../src/contract/event.ts'

const patience = (): AbortSignal => AbortSignal.timeout(PATIENCE_MS)
const eventually = { timeout: PATIENCE_MS, interval: 20 }

test('a direct channel is opened once, and written to', async () => {
  const stage = await discordStage()
  const platform = stage.open()
  // Border: ids are minted by the emulator.
  const ann = stage.ann.id as SenderId
  const target = await platform.openDirect?.(ann, patience())
  expect(await platform.openDirect?.(ann, patience())).toEqual(target)
  expect(stage.emulator.store.calls.filter(({ route }) => route === 'openDirect')).toHaveLength(1)
  if (target === undefined) throw new Error('no target')
  const outbox = platform.outboxFor(target)
  await outbox.post(outbox.renderer.plain('for you alone'), { key: 'k', controls: [] }, patience())
  const direct = stage.emulator.directChannel(stage.ann)
  expect(stage.emulator.screen(direct).map(({ text }) => text)).toEqual(['for you alone'])
})

test('who takes no messages of ours is told apart', async () => {
  const stage = await discordStage()
  const opening = stage.open().openDirect?.('1100000000000000001' as SenderId, patience())
  await expect(opening).rejects.toMatchObject({ kind: 'denied' })
})

test('a direct channel that was opened, or in which a command was given, is caught up like any other', async () => {
  const stage = await discordStage()
  const { emulator } = stage
  const ben = emulator.person({ name: 'Ben' })
  const [withAnn, withBen] = [emulator.directChannel(stage.ann), emulator.directChannel(ben)]
  const before = stage.open()
  await before.start(onceInbox().inbox, stage.world())
  await before.openDirect?.(stage.ann.id as SenderId, patience())
  const pressed = emulator.runCommand(ben, withBen, 'help', {}, { force: true })
  await vi.waitFor(() => expect(pressed.callback()).toBeDefined(), eventually)
  await before.stop()
  emulator.say(stage.ann, withAnn, 'from Ann')
  emulator.say(ben, withBen, 'from Ben')
  const { inbox, texts } = onceInbox()
  await stage.open().start(inbox, stage.world())
  await vi.waitFor(() => expect([...texts()].sort()).toEqual(['from Ann', 'from Ben']), eventually)
})

test('a first message that came while nobody listened is found when its channel is opened', async () => {
  const stage = await discordStage()
  const before = stage.open()
  await before.start(onceInbox().inbox, stage.world())
  await before.stop()
  stage.emulator.say(stage.ann, stage.emulator.directChannel(stage.ann), 'anybody?')
  const platform = stage.open()
  const { inbox, texts } = onceInbox()
  await platform.start(inbox, stage.world())
  await platform.openDirect?.(stage.ann.id as SenderId, patience())
  await vi.waitFor(() => expect(texts()).toEqual(['anybody?']), eventually)
})
