// What can the Discord adapter send that a bridge need not send today? Buttons, forms, files, a full menu: all of it once.
import { createPlatform, type DiscordBody } from '../../adapters/discord/index.ts'
import type { DiscordSettings } from '../../adapters/discord/settings.ts'
import type { AskingEvent, ChatEvent, MessageId } from '../../src/contract/event.ts'
import type { Ack, Control, Form, FormField, OutgoingFile, Outbox } from '../../src/contract/platform.ts'
import type { CommandSpec, OptionSpec } from '../../src/contract/policy.ts'
import {
  startDiscordEmulator,
  type DiscordExchange,
  type Interaction,
} from '../../src/emulators/discord/index.ts'
import { createMemoryNotes } from '../support/memory-notes.ts'
import { createQuietLogger } from '../support/quiet-logger.ts'
import { createRealClock } from '../support/real-clock.ts'
import { createRecordingInbox } from '../support/recording-inbox.ts'
import { createSilentMetrics } from '../support/silent-metrics.ts'
import { keysAsWords } from '../support/words.ts'

const PATIENCE_MS = 10_000

/** The calls of the adapter, in order. */
export async function adapterSession(style: DiscordSettings['style']): Promise<readonly DiscordExchange[]> {
  const made: DiscordExchange[] = []
  const emulator = await startDiscordEmulator({
    limits: false,
    observe: (exchange) => made.push(exchange),
  })
  const log = createQuietLogger()
  const platform = createPlatform(
    'discord',
    { token: emulator.token, apiBase: emulator.url, messageContent: true, style },
    {
      clock: createRealClock(),
      log,
      metrics: createSilentMetrics(),
      words: keysAsWords,
      fetch: (url, init) => fetch(url, init),
    },
  )
  const stopping = new AbortController()
  const patience = AbortSignal.timeout(PATIENCE_MS)
  const inbox = createRecordingInbox()
  const ann = emulator.person({ name: 'Ann' })
  const lab = emulator.guild({ members: [ann] })
  const general = emulator.textChannel(lab, 'general')
  let offered = 0
  const next = async (): Promise<AskingEvent> => asking(await inbox.nth((offered += 1), patience))
  /** Whatever a person does with a button, a command or a form, and the answer that stands at once. */
  const answered = async (ack: Ack, act: () => Interaction): Promise<AskingEvent> => {
    inbox.answer(ack)
    const interaction = act()
    const event = await next()
    await emulator.waitFor(() => interaction.callback() !== undefined, { timeoutMs: PATIENCE_MS })
    return event
  }
  let keys = 0
  const options = (controls: readonly Control[] = []) => ({ key: `key${(keys += 1)}`, controls })

  try {
    await platform.start(inbox.inbox, { commands: [MENU[0]!], memory: createMemoryNotes(), signal: stopping.signal })
    await platform.publishCommands?.(MENU, patience)

    const asked = emulator.say(ann, general, 'what is up?', { mention: true })
    const message = await next()
    const outbox = platform.outboxFor(message.replyTarget)
    await outbox.showTyping?.(patience)
    const replyTo = { replyTo: asked.messageId as MessageId }
    const posted = await outbox.post(fullBody(outbox), { ...options(), ...replyTo }, patience)
    await outbox.edit(posted, outbox.renderer.plain('@everyone, <@&1> and [all](https://a.example)'), { controls: CONTROLS }, patience)
    await outbox.sendFiles?.(FILES, options(CONTROLS), patience)
    await outbox.openThread?.({ title: 'On a message\n'.repeat(20), messageId: asked.messageId as MessageId }, patience)
    await outbox.openThread?.({ title: '' }, patience)
    await outbox.findPosted?.('nobody', patience)

    const shown = { channelId: general.id, messageId: posted }
    const press = (): Interaction => emulator.press(ann, shown, 'stop')
    await answered({ show: 'nothing' }, press)
    await answered({ show: 'notice', notice: { key: 'turn.nothingToStop' } }, press)
    for (const form of FORMS) {
      await answered({ show: 'form', form }, press)
      await answered({ show: 'waiting', private: true }, () => emulator.submitModal(ann, form.token, {}))
    }
    for (const isPrivate of [false, true]) {
      const command = await answered({ show: 'waiting', private: isPrivate }, () => emulator.runCommand(ann, general, 'help'))
      const line = platform.outboxFor(command.replyTarget)
      const first = await line.post(fullBody(line), options(), patience)
      const second = await line.post(line.renderer.plain('and more'), options(CONTROLS), patience)
      for (const id of [first, second]) await line.edit(id, line.renderer.plain('changed'), { controls: CONTROLS }, patience)
      await line.sendFiles?.(FILES, options(), patience)
    }
    return made.slice()
  } finally {
    stopping.abort()
    await platform.stop()
    await emulator.close()
  }
}

function asking(event: ChatEvent): AskingEvent {
  if (event.kind === 'message' || event.kind === 'command' || event.kind === 'action') return event
  throw new Error(`nobody asks with ${event.kind}`)
}

/** As much as fits into one message. */
function fullBody({ renderer }: Outbox<DiscordBody>): DiscordBody {
  const paragraphs = Array.from({ length: 2_000 }, (_, n) => `**字 ${n}**`)
  const render = (count: number): DiscordBody =>
    renderer.render(
      paragraphs.slice(0, count).map((text) => ({
        kind: 'paragraph',
        spans: [{ kind: 'bold', spans: [{ kind: 'text', text }] }],
      })),
    )
  let count = 1
  while (renderer.fill(render(count + 1)) <= 1) count += 1
  return render(count)
}

const LONG = 'Longer than every label that Discord shows to people anywhere 字'.repeat(3)

const CONTROLS: readonly Control[] = [
  { kind: 'suggestion', token: 'suggestion', label: LONG },
  { kind: 'choice', token: 'choice', label: '' },
  { kind: 'openForm', token: 'openForm', label: 'Form' },
  { kind: 'link', url: 'https://example.com', label: 'Site' },
  { kind: 'stop', token: 'stop', label: 'Stop' },
  { kind: 'again', token: 'again', label: 'Again' },
  { kind: 'thumbs', upToken: 'up', downToken: 'down' },
]

const FILES: readonly OutgoingFile[] = (['image', 'file', 'audio', 'voice', 'video'] as const).map((kind) => ({
  kind,
  stream: bytes(),
  sizeBytes: 4,
  caption: `${kind} ${LONG}`,
  ...(kind === 'file' ? { name: 'naïve "q".txt', mimeType: 'text/plain' } : {}),
}))
