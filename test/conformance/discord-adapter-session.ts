// What can the Discord adapter send that a bridge need not send today? Buttons, forms, files, a full menu: each once.
import { createPlatform, type DiscordBody } from '../../adapters/discord/index.ts'
import type { DiscordSettings } from '../../adapters/discord/settings.ts'
import type { AskingEvent, MessageId } from '../../src/contract/event.ts'
import type { Ack, Control, Outbox, Platform } from '../../src/contract/platform.ts'
import {
  startDiscordEmulator,
  type Channel,
  type DiscordEmulator,
  type DiscordExchange,
  type Interaction,
  type Person,
} from '../../src/emulators/discord/index.ts'
import { createMemoryNotes } from '../support/memory-notes.ts'
import { createQuietLogger } from '../support/quiet-logger.ts'
import { createRealClock } from '../support/real-clock.ts'
import { createRecordingInbox } from '../support/recording-inbox.ts'
import { createSilentMetrics } from '../support/silent-metrics.ts'
import { keysAsWords } from '../support/words.ts'
import { CONTROLS, FILES, FORMS, MENU, VOICES } from './discord-samples.ts'

const PATIENCE_MS = 10_000

interface Session {
  readonly emulator: DiscordEmulator
  readonly platform: Platform<DiscordBody>
  readonly ann: Person
  readonly general: Channel
  /** The next event that comes of what a person does. */
  next(): Promise<AskingEvent>
  /** What a person does with a button, a command or a form; over when it is answered with `ack`. */
  answered(ack: Ack, act: () => Interaction): Promise<AskingEvent>
}

const patience = (): AbortSignal => AbortSignal.timeout(PATIENCE_MS)
let keys = 0
const withKey = (controls: readonly Control[] = []): { key: string; controls: readonly Control[] } => ({
  key: `key${(keys += 1)}`,
  controls,
})

/** The adapter's calls, in order. */
export async function adapterSession(style: DiscordSettings['style']): Promise<readonly DiscordExchange[]> {
  const made: DiscordExchange[] = []
  const emulator = await startDiscordEmulator({ limits: false, observe: (exchange) => made.push(exchange) })
  const platform = createPlatform(
    'discord',
    { token: emulator.token, apiBase: emulator.url, messageContent: true, style },
    {
      clock: createRealClock(),
      log: createQuietLogger(),
      metrics: createSilentMetrics(),
      words: keysAsWords,
      fetch: (url, init) => fetch(url, init),
    },
  )
  const stopping = new AbortController()
  const inbox = createRecordingInbox()
  const ann = emulator.person({ name: 'Ann' })
  const guild = emulator.guild({ members: [ann] })
  const general = emulator.textChannel(guild, 'general')
  const menu = [...MENU, ...MENU.map((each) => ({ ...each, name: `${each.name}-here`, guilds: [guild.id] }))]
  let taken = 0
  const session: Session = {
    emulator,
    platform,
    ann,
    general,
    async next() {
      const event = await inbox.nth((taken += 1), patience())
      if (event.kind === 'message' || event.kind === 'command' || event.kind === 'action') return event
      throw new Error(`nobody asks with ${event.kind}`)
    },
    async answered(ack, act) {
      inbox.answer(ack)
      const interaction = act()
      const event = await session.next()
      const isAnswered = (): boolean => interaction.callback() !== undefined
      await emulator.waitFor(isAnswered, { timeoutMs: PATIENCE_MS, what: `an answer "${ack.show}"` })
      return event
    },
  }
  try {
    await standingCommand(emulator)
    made.splice(0)
    const world = { commands: menu, memory: createMemoryNotes(), signal: stopping.signal }
    await platform.start(inbox.inbox, world)
    await platform.publishCommands?.(menu, patience())
    await platform.publishedCommands?.(patience())
    await typeIntoOption(session)
    const posted = await writeInChannel(session)
    await answerPresses(session, posted)
    for (const isPrivate of [false, true]) await answerCommand(session, isPrivate)
    return made
  } finally {
    await platform.stop()
    stopping.abort()
    await emulator.close()
  }
}

/** Somebody else's entry in the menu, which stays there. */
async function standingCommand({ applicationId, token, url }: DiscordEmulator): Promise<void> {
  const response = await fetch(`${url}/v10/applications/${applicationId}/commands`, {
    method: 'POST',
    headers: { authorization: `Bot ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify({
      type: 3,
      name: 'Look at this',
      name_localizations: { 'zh-CN': '看看' },
      default_member_permissions: '8192',
    }),
  })
  if (!response.ok) throw new Error(`the standing command was refused: ${response.status}`)
}

/** Resolves with a message that has all kinds of buttons. */
async function writeInChannel({ ann, emulator, general, next, platform }: Session): Promise<MessageId> {
  const { messageId: asked } = emulator.say(ann, general, 'what is up?', { mention: true })
  const outbox = platform.outboxFor((await next()).replyTarget)
  const messageId = asked as MessageId
  await outbox.showTyping?.(patience())
  const posted = await outbox.post(fullBody(outbox), { ...withKey(CONTROLS), replyTo: messageId }, patience())
  const pinging = outbox.renderer.plain('@everyone, <@&1> and <@2>')
  await outbox.edit(posted, pinging, { controls: CONTROLS }, patience())
  await sendAll(outbox)
  await outbox.openThread?.({ title: 'two\nlines '.repeat(20), messageId }, patience())
  await outbox.openThread?.({ title: '' }, patience())
  await outbox.findPosted?.('nobody', patience())
  return posted
}

async function answerPresses(
  { ann, answered, emulator, general }: Session,
  posted: MessageId,
): Promise<void> {
  const press = (): Interaction => emulator.press(ann, { channelId: general.id, messageId: posted }, 'stop')
  const command = (): Interaction => emulator.runCommand(ann, general, 'help')
  await answered({ show: 'nothing' }, press)
  await answered({ show: 'notice', notice: { key: 'turn.nothingToStop' } }, press)
  for (const form of FORMS) {
    for (const act of [press, command]) {
      await answered({ show: 'form', form }, act)
      await answered({ show: 'waiting', private: true }, () => emulator.submitModal(ann, form.token, {}))
    }
  }
}

/** Answered from the menu alone. */
async function typeIntoOption({ ann, emulator, general }: Session): Promise<void> {
  const typed = emulator.autocomplete(ann, general, 'summarize-here', 'many', 'c1', { integer: 3 })
  await emulator.waitFor(() => (typed.suggestions()?.length ?? 0) > 1, { timeoutMs: PATIENCE_MS })
}

/** Its first message takes the place of "thinking…", the others follow. */
async function answerCommand(session: Session, isPrivate: boolean): Promise<void> {
  const { ann, answered, emulator, general, platform } = session
  const act = (): Interaction => emulator.runCommand(ann, general, 'summarize', { integer: 3 })
  const { replyTarget } = await answered({ show: 'waiting', private: isPrivate }, act)
  const outbox = platform.outboxFor(replyTarget)
  const first = await outbox.post(fullBody(outbox), withKey(), patience())
  const second = await outbox.post(outbox.renderer.plain('and more'), withKey(CONTROLS), patience())
  for (const id of [first, second])
    await outbox.edit(id, outbox.renderer.plain('changed'), { controls: CONTROLS }, patience())
  await sendAll(outbox)
}

/** Each kind of file as a message of its own. */
async function sendAll(outbox: Outbox<DiscordBody>): Promise<void> {
  for (const files of [...FILES, ...VOICES.map((voice) => [voice])])
    await outbox.sendFiles?.(files, withKey(CONTROLS), patience())
}

/** As much as goes into one message. */
function fullBody({ renderer }: Outbox<DiscordBody>): DiscordBody {
  const render = (count: number): DiscordBody =>
    renderer.render(
      Array.from({ length: count }, (_, n) => ({
        kind: 'paragraph',
        spans: [{ kind: 'bold', spans: [{ kind: 'text', text: `字 ${n} @everyone` }] }],
      })),
    )
  let count = 1
  while (renderer.fill(render(count + 1)) <= 1) count += 1
  return render(count)
}
