// Where does a turn's reply appear? Its place, its language, and the one writer that fills it.

import type { Notice } from '../../contract/notice.ts'
import type { Control, Limits } from '../../contract/platform.ts'
import type { ReplySettings, Route } from '../../contract/policy.ts'
import type { Logger } from '../../contract/runtime.ts'
import { createReplyWriter, firstPart, type ReplyWriter } from '../../reply/write.ts'
import { withoutSaid } from './said-before.ts'
import { createSaidNotes } from './said-notes.ts'
import { stopToken } from './tokens.ts'
import { tellPerson } from '../errands.ts'
import { echoed } from '../question-text.ts'
import { languageFor } from '../language.ts'
import {
  growingControls,
  hintTyping,
  keyBaseOf,
  openStatusLine,
  outboxOf,
  quotedBy,
  settleMessage,
} from './lines.ts'
import { fits, growingPart, isShown, showsWords } from './standing.ts'
import type { StatusLine } from './status-line.ts'
import { createThoughts } from './thoughts.ts'
import { createWorking, toolName } from './working.ts'
import type { Keeper } from './keep.ts'
import type { AnswerMedia } from '../media/answer-media.ts'
import type { BridgeWorld, LiveTurn } from '../world.ts'

export interface Screen {
  /** All of the reply, with what stood in it before. */
  readonly text: string
  /** Part of an answer can be read, also one of an earlier life whose text nobody knows any more. */
  readonly somethingStands: boolean
  /** The person may see that something is going on: the reply is about to come. */
  begin(): void
  /** The same for a reply that will be long in coming: seen once, and nothing is kept for it. */
  hint(): void
  /** What is going on, until there is text. */
  setStatus(status: string | undefined): void
  /** A tool is at work: said while no text grows. */
  works(tool: string): void
  /** More of what the model thinks, or all of it. */
  think(text: string, isWhole?: boolean): void
  /** No status is shown any more, and none is under way: the reply may be written. */
  clear(): Promise<void>
  /** The person's own words, as they were heard: they stand before the answer. Resolves when that is noted. */
  quote(heard: readonly string[]): Promise<void>
  /** Files the answer brings: their links are worth fetching. */
  knows(files: readonly { readonly url: string; readonly name?: string }[]): void
  /** Stopped: no picture comes any more, and nothing waits for one. */
  giveUpMedia(): void
  append(text: string): void
  /** `whole`: what the assistant says now, behind what stood in the reply before. */
  replace(whole: string): void
  /** As if the assistant had said nothing yet. */
  restart(): void
  /** A message of its own before the reply. Resolves when it stands, or never will. */
  sayFirst(notice: Notice): Promise<void>
  /** What an earlier life showed stays as it is, when its text is lost: what comes now is a message of its own. Resolves when it looks busy no more. Save the turn next. */
  letStand(): Promise<void>
  /** Resolves when `reply` stands, whole, with `controls` below. Rejects with `PlatformError` where it never will. */
  finish(reply: string, controls?: readonly Control[]): Promise<void>
  /** The same for a reply that waits for its person: another screen of the turn goes on in its last message. */
  rest(reply: string, controls: readonly Control[]): Promise<void>
  say(notice: Notice): string
  /** The language the person is told things in. */
  readonly locale: string
  /** What the place allows. */
  readonly limits: Limits
  /** Nothing looks busy, its buttons stop nothing any more, and what was fetched for it is let go. */
  end(): Promise<void>
  /** At shutdown: resolves when nothing of it is left "generating". */
  letGo(): Promise<void>
}

const ENDED = new Error('the turn has come to its end for now')

const PLAIN_SETTINGS: ReplySettings = {
  minChars: 1,
  maxWaitMs: 0,
  quote: 'groups',
  reasoning: false,
  status: true,
}

export function createScreen(
  turn: LiveTurn,
  world: BridgeWorld,
  log: Logger,
  route: Route | undefined,
  { saveParts, saveSaid, saveRecord }: Pick<Keeper, 'saveParts' | 'saveSaid' | 'saveRecord'>,
): Screen {
  const { asked } = turn.record
  const { account } = asked.address
  let keyBase = turn.record.parts[0]?.key.slice(0, -2) ?? keyBaseOf(turn.record.id)
  const settings = route?.reply ?? PLAIN_SETTINGS
  let preface = turn.record.preface ?? ''
  const stop = route?.controls.stop === true ? stopToken(turn.record.id, world) : undefined
  if (stop !== undefined) world.stops.set(stop, turn)
  const askedAtMs = world.clock.elapsed()
  const locale = languageFor(asked, route, world.policy)
  let writer: ReplyWriter | undefined
  let media: AnswerMedia | undefined
  let known = preface + (turn.record.said ?? '')
  const over = new AbortController()
  const ended = new AbortController()
  const note =
    turn.record.command === undefined ? undefined : createSaidNotes(world.clock, over.signal, saveSaid)
  if (turn.record.parts.length === 0) turn.record = { ...turn.record, parts: [firstPart(keyBase)] }
  let inherited = turn.recovered || isShown(turn.record.parts) ? turn.record.parts : undefined
  let line: StatusLine | undefined
  /** Nothing but a status or a thought is on the screen: what comes stands in its place. */
  const onlyStatus =
    known === '' && (turn.record.state.phase === 'accepted' || (isShown(inherited) && !showsWords(inherited)))
  const say = (notice: Notice): string => world.words.say(notice, locale)
  const thoughts = createThoughts(turn.record, settings.reasoning, say)
  const working = createWorking(world.clock, over.signal, (line) => writer?.setStatus(line))

  return {
    get text() {
      return writer?.text ?? known
    },
    get somethingStands() {
      return writer ? writer.text !== '' : showsWords(inherited) && !onlyStatus
    },
    begin() {
      // Messages of an earlier life are gone on with once the text is known that they show.
      if (!inherited || preface !== '' || onlyStatus) writer ??= open(preface)
    },
    hint: () => hintTyping(turn, world, log),
    setStatus(status) {
      if (writer) writer.setStatus(status)
      else if (status !== undefined)
        (line ??= openStatusLine(turn, world, route, log, saveParts)).show(status)
    },
    works(tool) {
      const name = toolName(tool)
      if (settings.status && name !== '') working.show(say({ key: 'working.tool', params: { tool: name } }))
    },
    think(text, isWhole) {
      if (!thoughts.add(text, isWhole)) return
      // Messages of an earlier life are gone on with once the text is known that they show.
      if (!writer && isShown(inherited) && !onlyStatus) return
      writer ??= open(preface)
      writer.setThought(thoughts.now)
    },
    clear,
    async quote(heard) {
      const quoted = heard.map((words) => echoed(`🎤 ${words}`)).join('')
      if (quoted === '' || preface.endsWith(quoted)) return
      preface += quoted
      known = preface + (turn.record.said ?? '')
      writer?.append(quoted)
      await saveRecord({ ...turn.record, preface })
    },
    knows: (files) => mediaOf()?.knows(files),
    giveUpMedia: () => media?.giveUp(),
    append(text) {
      writer ??= open(preface)
      if (text.trim() !== '') answers('keep')
      writer.append(text)
      note?.(writer.text.slice(preface.length))
    },
    replace(whole) {
      const rest = withoutSaid(preface, whole)
      answers('keep')
      show(preface + rest)
      note?.(rest)
    },
    restart() {
      known = preface
      writer?.replace(preface)
    },
    async sayFirst(notice) {
      await clear()
      // Noted first: what is said here must never be taken for the beginning of the reply.
      beginAnew()
      await saveParts(turn.record.parts)
      const { messageId, sender, replyTarget, chatKind } = asked
      const hangsOn = messageId === undefined ? {} : { messageId }
      const to = { id: `${turn.record.id} first`, sender, replyTarget, chatKind, locale, ...hangsOn }
      await tellPerson(to, [notice], world)
    },
    async letStand() {
      await clear()
      if (writer || onlyStatus || !isShown(inherited)) return
      await settleMessage(turn, world, log, growingPart(inherited))
      beginAnew()
    },
    async finish(reply, controls) {
      // From here on the reply itself is in the journal, and soon nothing is: a late note would bring the turn back.
      over.abort()
      answers()
      await clear()
      await show(reply).finish(controls)
    },
    async rest(reply, controls) {
      over.abort()
      answers()
      await clear()
      await show(reply).rest(controls)
      // Whatever comes now goes on in the last message.
      writer = undefined
      inherited = turn.record.parts
      known = reply
    },
    get limits() {
      return outboxOf(turn.record, world).limits
    },
    async end() {
      over.abort()
      if (stop !== undefined) world.stops.delete(stop)
      // A turn that asks its person may have begun a reply that says nothing yet.
      ended.abort(ENDED)
      await writer?.letGo()
      await media?.close()
    },
    async letGo() {
      await line?.letGo()
      await writer?.letGo()
    },
    say,
    locale,
  }

  async function clear(): Promise<void> {
    if (!line) return
    const part = await line.end()
    line = undefined
    if (part.surface !== undefined) inherited = [part]
  }

  /** Its own words, or the last ones: what was thought is folded up, and with `keep` written down. */
  function answers(how?: 'keep'): void {
    working.stop()
    const thought = thoughts.end()
    if (thought === undefined) return
    writer?.setThought(thoughts.now)
    if (how === 'keep') void saveRecord({ ...turn.record, thought })
    else turn.record = { ...turn.record, thought }
  }

  /** Where files stay links there is none. */
  function mediaOf(): AnswerMedia | undefined {
    if (route?.media.attach !== true || media) return media
    const made = world.answerMedia(account, outboxOf(turn.record, world))
    // A stop is heard also where the words are complete and only a picture is waited for.
    turn.stop.signal.addEventListener('abort', () => made.giveUp(), { once: true })
    media = made
    return made
  }

  function show(text: string): ReplyWriter {
    if (writer) writer.replace(text)
    else writer = open(text)
    return writer
  }

  function open(text: string): ReplyWriter {
    if (inherited && !fits(inherited, text)) beginAnew()
    const hangsOn = quotedBy(asked, route)
    const fetched = mediaOf()
    const made = createReplyWriter({
      account,
      outbox: outboxOf(turn.record, world),
      pacer: world.pacer,
      clock: world.clock,
      log,
      metrics: world.metrics,
      settings,
      // One of its own: a thousand listeners on the one signal of the process would each look through all others.
      signal: AbortSignal.any([world.letGo, ended.signal]),
      keyBase,
      controls: growingControls(turn.record, world, route),
      askedAtMs,
      saveParts,
      ...(fetched ? { media: fetched } : {}),
      ...(hangsOn === undefined ? {} : { replyTo: hangsOn }),
      ...(inherited ? { resume: { parts: inherited, text } } : {}),
    })
    made.setThought(thoughts.now)
    if (!inherited) made.append(text)
    return made
  }

  /** Messages of its own from here on, with keys that no message of this turn has had. */
  function beginAnew(): void {
    keyBase = `${keyBase}x`.slice(-LONGEST_KEY_BASE)
    inherited = [firstPart(keyBase)]
    thoughts.forget()
    const { thought: _thought, ...rest } = turn.record
    turn.record = { ...rest, parts: inherited }
  }
}

/** Longer than what `keyBaseOf` makes by a few new beginnings. */
const LONGEST_KEY_BASE = 20
