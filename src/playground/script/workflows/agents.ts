// The script's steps about agents: their opening words, their own questions, their tools, another one with parameters.

import type { ChatRecord } from '../../../emulators/coze/index.ts'
import type { Scene, Step } from '../step.ts'
import { AGENT, ASK, GUIDE, PROLOGUE, TOOL } from './said.ts'
import { LEVEL } from './service.ts'

const greeting: Step = {
  name: 'greeting',
  title: "/start says the agent's own opening words; its questions can be pressed",
  where: 'private',
  async play({ ann, sees, seesButton, seesWhole }) {
    if (ann.platform === 'discord') await ann.runCommand({ name: 'start', force: true })
    else await ann.runCommand({ name: 'start' })
    await sees('its opening words', PROLOGUE.text)
    const [question = ''] = PROLOGUE.questions
    await ann.press(await seesButton(question))
    await seesWhole('the question is answered', AGENT.answer(question))
  },
}

const below: Step = {
  name: 'below',
  title: "Below an agent's answer: suggestions, again, thumbs",
  where: 'private',
  async play(scene) {
    const { ann, mark, words, seesButton, seesWhole, settles, waits, expects, coze } = scene
    const query = `rivers, ${mark}`
    ann.say(query)
    await seesWhole('the answer', AGENT.answer(query))
    await settles()
    const [more = ''] = AGENT.suggestions(query)
    await ann.press(await seesButton(more))
    await seesWhole('the suggestion is answered', `${AGENT.answer(query)}\n\n${AGENT.answer(more)}`)
    const times = chatsAbout(scene, more).length
    expects('Coze was asked it once', times === 1, `${times} times`)
    await settles()
    await ann.press(await seesButton(words('control.again')))
    await waits(
      'asked again, and answered',
      () => chatsAbout(scene, more).filter(({ status }) => status === 'completed').length === 2,
      () => `${chatsAbout(scene, more).length} chats`,
    )
    await settles()
    const told = await ann.press(await seesButton('👍'))
    expects('thanks', told === words('action.thanks'), told ?? 'nothing')
    const mine = new Set(chatsAbout(scene, more).map(({ id }) => id))
    await waits(
      'Coze keeps the verdict',
      () => coze.store.feedbacks.some(({ chatId, type }) => type === 'like' && mine.has(chatId)),
      () => `${coze.store.feedbacks.length} verdicts`,
    )
  },
}

const asks: Step = {
  name: 'agent-asks',
  title: 'The agent asks, and goes on with the answer',
  where: 'private',
  async play(scene) {
    const { ann, mark, sees, seesWhole, settles, expects, coze } = scene
    const query = `${ASK.say}, ${mark}`
    ann.say(query)
    await sees('its question', ASK.question)
    await settles()
    const text = ann.shown().at(-1)?.text ?? ''
    expects('once', text.split(ASK.question).length === 2, text)
    const [, river] = ASK.choices
    await ann.answer(river)
    await seesWhole('its answer to that', `${ASK.question}\n\n${ASK.end(river)}`)
    const ids = new Set(chatsAbout(scene, query).map(({ id }) => id))
    const outputs = coze.store.toolOutputs.filter(({ chatId }) => ids.has(chatId))
    expects('Coze was answered once', outputs.length === 1, `${outputs.length} times`)
  },
}

const tool: Step = {
  name: 'tool',
  title: "The agent uses a tool of the owner's, and one that nobody has",
  where: 'private',
  async play(scene) {
    const { ann, mark, sees, expects, coze } = scene
    const query = `${TOOL.say}, ${mark}`
    ann.say(query)
    await sees("what the owner's service said", LEVEL)
    const ids = new Set(chatsAbout(scene, query).map(({ id }) => id))
    const outputs = coze.store.toolOutputs
      .filter(({ chatId }) => ids.has(chatId))
      .flatMap((each) => each.outputs.map(({ output }) => output))
    expects('Coze was told of both', outputs.length === 2, outputs.join(' · '))
    expects('that the other is not there', /not available/.test(outputs[1] ?? ''), outputs[1] ?? 'nothing')
  },
}

const chatflow: Step = {
  name: 'chatflow',
  title: 'Another agent, a chatflow: it wants to know something first, once',
  where: 'private',
  async play({ ann, mark, words, sees, seesWhole }) {
    await ann.runCommand({ name: 'agent', options: { name: 'guide' }, typed: 'guide' })
    await sees('that it answers now', words('agent.changed', { agent: 'guide' }))
    const [first, second] = [`where to? ${mark}`, `and then? ${mark}`]
    ann.say(first)
    await ann.fill({ taste: 'Quiet', nights: '3' })
    const answer = (query: string): string => GUIDE('quiet', 3, ann.platform, query)
    await seesWhole('an answer that knows it', answer(first))
    ann.say(second)
    await seesWhole('the next one, without being asked again', `${answer(first)}\n\n${answer(second)}`)
  },
}

function chatsAbout({ coze }: Scene, query: string): readonly Readonly<ChatRecord>[] {
  return [...coze.store.chats.values()].filter((chat) => chat.query === query)
}

export const agentSteps: readonly Step[] = [greeting, below, asks, tool, chatflow]
