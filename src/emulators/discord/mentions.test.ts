// Whom do words name, and whom do they ping? Laws first, then Discord's peculiarities.
import { assert, array, constantFrom, property, string } from 'fast-check'
import { expect, test } from 'vitest'
import { lab, send } from '../../../test/support/discord-wire.ts'
import { ALLOWS_ALL, namedIn, pingedBy, readAllowed } from './mentions.ts'

const ID = '123456789012345678'
const NOBODY = { parse: [] }

test('nothing within a code span or a fence is named', () => {
  assert(
    property(array(constantFrom(`<@${ID}>`, `<@&${ID}>`, '@everyone', 'word', '\n')), (words) => {
      const fenced = `before \`\`\`ts\n${words.join(' ')}\n\`\`\` after`
      expect(namedIn(fenced)).toEqual({ users: [], roles: [], everyone: false })
    }),
  )
})

test('an empty parse pings nobody, whatever the words', () => {
  const { allowed } = readAllowed(NOBODY, ALLOWS_ALL)
  assert(
    property(
      array(constantFrom(`<@${ID}>`, `<@!${ID}>`, `<@&${ID}>`, '@here', '@everyone', '`')),
      string(),
      (words, text) => {
        const pinged = pingedBy(namedIn(words.join(text)), allowed, { hasUser: () => true, guild: undefined })
        expect(pinged).toEqual({ users: [], roles: [], everyone: false })
      },
    ),
  )
})

test('names people, in the old form too, roles and everyone; twice is once', () => {
  expect(namedIn(`<@${ID}> <@!${ID}> <@&${ID}> @here \`<@9${ID}>\``)).toEqual({
    users: [ID],
    roles: [ID],
    everyone: true,
  })
})

test('lists of their own kind, and exclusive with parse', () => {
  const { allowed, problems } = readAllowed({ parse: ['roles'], users: [ID], replied_user: true }, ALLOWS_ALL)
  expect(problems).toEqual([])
  expect(allowed).toEqual({ users: [ID], roles: 'all', everyone: false, repliedUser: true })
  expect(readAllowed({ parse: ['users'], users: [ID] }, ALLOWS_ALL).problems).toHaveLength(1)
  expect(readAllowed({ parse: ['all'] }, ALLOWS_ALL).problems).toHaveLength(1)
  expect(readAllowed({ users: Array(101).fill(ID) }, ALLOWS_ALL).problems).toHaveLength(1)
})

test('a create without allowed_mentions pings, an edit never does', async () => {
  const { emulator, ann, general, messages } = await lab()
  const said = emulator.say(ann, general, 'hi')
  const pinged = (): unknown => emulator.screen(general).at(-1)?.pinged
  await send(emulator, 'POST', messages, { content: `<@${ann.id}> @everyone` })
  // A bot without the right to mention everyone does not.
  expect(pinged()).toEqual({ users: [ann.id], roles: [], everyone: false })
  await send(emulator, 'POST', messages, { content: 'x', message_reference: { message_id: said.id } })
  expect(pinged()).toEqual({ users: [ann.id], roles: [], everyone: false })
  const quiet = { parse: [], replied_user: false }
  const { json } = await send(emulator, 'POST', messages, {
    content: `<@${ann.id}>`,
    message_reference: { message_id: said.id },
    allowed_mentions: quiet,
  })
  expect(pinged()).toEqual({ users: [], roles: [], everyone: false })
  await send(emulator, 'PATCH', `${messages}/${String(json['id'])}`, { content: `again <@${ann.id}>` })
  expect(pinged()).toEqual({ users: [], roles: [], everyone: false })
  expect(emulator.screen(general).at(-1)?.message.mentions).toHaveLength(1)
})
