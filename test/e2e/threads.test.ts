// Discord, `threads: open`: each question of a channel gets a thread of its own, and its conversation lives there.

import { describe, expect, test } from 'vitest'
import { isWholeAnswer } from '../../src/playground/compare.ts'
import { readDiscord } from '../../src/playground/reading.ts'
import type { DiscordEmulator } from '../../src/emulators/discord/index.ts'
import { openE2eStage, until, yamlOf, type E2eStage } from '../support/e2e-stage.ts'
import { answerOf, chatAbout } from '../support/e2e-talk.ts'

const yaml = yamlOf(
  'routes: [{ threads: open }]\n',
  'discord: { token: "${env:DISCORD_TOKEN}", apiBase: "${env:DISCORD_API_BASE}", messageContent: true }',
)

interface Scene {
  readonly stage: E2eStage<'discord'>
  readonly discord: DiscordEmulator
  readonly ann: ReturnType<DiscordEmulator['person']>
  readonly channel: ReturnType<DiscordEmulator['textChannel']>
}

async function setScene(): Promise<Scene> {
  const stage = await openE2eStage({ platforms: ['discord'], yaml, discord: { messageContentIntent: true } })
  const { discord } = stage
  const ann = discord.person({ name: 'Ann' })
  const guild = discord.guild({ name: 'Guild', members: [ann] })
  return { stage, discord, ann, channel: discord.textChannel(guild, 'general') }
}

/** Waits until the whole answer to these words stands in this channel or thread. */
async function standsIn({ stage, discord }: Scene, channelId: string, words: string): Promise<void> {
  const shown = (): readonly string[] =>
    discord.store.channels.has(channelId)
      ? discord
          .screen({ id: channelId })
          .filter(({ byBot }) => byBot)
          .map(({ text }) => readDiscord(text))
      : []
  const isThere = (): boolean => {
    const chat = [...stage.coze.store.chats.values()].find(({ query }) => query.includes(words))
    return chat?.endedAtMs !== undefined && isWholeAnswer(answerOf(stage, chat), shown().slice(-1)).whole
  }
  await until(stage, `the whole answer to "${words}" in ${channelId}`, isThere)
}

describe('a thread for each question', () => {
  test('holds the answer and the conversation; the channel stays quiet', async () => {
    const scene = await setScene()
    const { stage, discord, ann, channel } = scene
    try {
      const first = discord.say(ann, channel, 'apples', { mention: true })
      await standsIn(scene, first.messageId, 'apples')
      const thread = { id: first.messageId }
      discord.say(ann, thread, 'and pears')
      await standsIn(scene, thread.id, 'and pears')
      const other = discord.say(ann, channel, 'plums', { mention: true })
      await standsIn(scene, other.messageId, 'plums')

      const conversation = (words: string): string => chatAbout(stage, words).conversationId
      expect(conversation('and pears')).toBe(conversation('apples'))
      expect(conversation('plums')).not.toBe(conversation('apples'))
      expect(discord.screen(channel).filter(({ byBot }) => byBot)).toEqual([])
    } finally {
      await stage.close()
    }
  })

  test('where no thread may be opened, the channel gets the answer', async () => {
    const scene = await setScene()
    const { stage, discord, ann, channel } = scene
    try {
      discord.faults.add({ fault: { do: 'error', status: 403, code: 50_013 }, routes: ['threadFromMessage'] })
      discord.say(ann, channel, 'apples', { mention: true })
      await standsIn(scene, channel.id, 'apples')
    } finally {
      await stage.close()
    }
  })
})
