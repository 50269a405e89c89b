// Are the gateway's events made of the objects Discord describes?
import { expect, test } from 'vitest'
import type { Json } from '../../src/emulators/discord/index.ts'
import { identify, lab, send } from '../support/discord-wire.ts'
import { createDiscordValidator, type DiscordValidator } from './discord-validator.ts'
import { describeWithSchemas } from './schemas.ts'

describeWithSchemas('Discord events', (folder) => {
  test('what the gateway tells is made of the same objects', async () => {
    const { emulator, ann, lab: guild, general: id } = await lab()
    emulator.thread(id, 'talk', ann)
    const wire = await identify(emulator)
    const { id: told } = await wire.event('GUILD_CREATE')
    expect(told).toBe(guild.id)
    const said = emulator.say(ann, id, 'hi', { mention: true, files: [{ name: 'a.txt', bytes: 'x' }] })
    emulator.say(ann, id, '', { voice: { bytes: 'OggS' } })
    emulator.say(ann, id, '', { stickers: [{ name: 'Wave' }], preview: { name: 'a.txt', bytes: 'x' } })
    emulator.say(ann, id, '', { forward: said })
    await send(emulator, 'POST', `/channels/${id}/messages`, {
      content: 'x',
      message_reference: { message_id: said.id },
    })
    await send(emulator, 'POST', `/channels/${id}/messages/${said.id}/threads`, { name: 'thread' })
    emulator.edit(ann, said, 'changed')
    emulator.say(ann, emulator.directChannel(ann), 'direct')
    emulator.runCommand(ann, id, 'ask', {}, { force: true })
    await wire.event('INTERACTION_CREATE')
    const events = wire.packets.filter(({ op }) => op === 0)
    const validator = createDiscordValidator(folder)
    expect(events.flatMap(({ t, d }) => eventFaults(validator, t ?? '', d as Json))).toEqual([])
    expect(new Set(events.map(({ t }) => t))).toEqual(
      new Set([
        'READY',
        'GUILD_CREATE',
        'MESSAGE_CREATE',
        'MESSAGE_UPDATE',
        'THREAD_CREATE',
        'INTERACTION_CREATE',
      ]),
    )
  })
})

/** The parts of an event that REST describes; the fields only events have are taken off. */
function eventFaults(validator: DiscordValidator, event: string, d: Json): readonly string[] {
  const each = (name: string, values: unknown): readonly string[] =>
    (values as readonly Json[]).flatMap((value) => validator.object(name, value))
  switch (event) {
    case 'READY':
      return validator.object('UserPIIResponse', { locale: 'en-US', ...(d['user'] as Json) })
    case 'GUILD_CREATE':
      return [
        ...each('GuildRoleResponse', d['roles']),
        ...each('GuildMemberResponse', d['members']),
        ...each('GuildChannelResponse', d['channels']),
        ...each('ThreadResponse', d['threads']),
      ]
    case 'MESSAGE_CREATE':
    case 'MESSAGE_UPDATE': {
      const { guild_id: _guild, channel_type: _type, member: _member, mentions, ...message } = d
      const plain = (mentions as readonly Json[]).map(({ member: _of, ...user }) => user)
      return validator.object('MessageResponse', { ...message, mentions: plain })
    }
    case 'THREAD_CREATE': {
      const { newly_created: _new, ...thread } = d
      return validator.object('ThreadResponse', thread)
    }
    case 'INTERACTION_CREATE': {
      const { permissions: _permissions, ...member } = d['member'] as Json
      return validator.object('GuildMemberResponse', member)
    }
    default:
      return []
  }
}
