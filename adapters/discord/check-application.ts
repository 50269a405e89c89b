// Is the application in the developer portal as the bridge needs it? Message content, public key, interactions endpoint.
import type { Finding } from '../../src/contract/platform.ts'
import type { CheckParts } from './check-parts.ts'
import { MESSAGE_CONTENT_REMEDY, PORTAL } from './connect.ts'
import { readAmount, readString, type Fields } from '../common/read.ts'
import { segment } from './segment.ts'

/** Small bots show the limited bit, and it serves them just as well. https://discord.com/developers/docs/resources/application#application-object-application-flags */
const MESSAGE_CONTENT_FLAGS = (1 << 18) | (1 << 19)

export function checkApplication(parts: CheckParts, application: Fields): readonly Finding[] {
  return [messageContent(parts, application), ...publicKey(parts, application)]
}

function messageContent({ account, settings, wants }: CheckParts, application: Fields): Finding {
  const subject = `${account} message content`
  const flags = readAmount(application['flags'])
  const isEnabled = flags === undefined ? undefined : (flags & MESSAGE_CONTENT_FLAGS) !== 0
  if (!settings.messageContent) {
    if (settings.mode === 'gateway' && wants.groupTriggers.includes('always')) {
      const portal =
        isEnabled === true
          ? ''
          : ` and open ${PORTAL}, your application, "Bot", "Privileged Gateway Intents", switch on "Message Content Intent" and save`
      return {
        verdict: 'fault',
        subject,
        reason:
          'is not asked for, but a route is woken by any message: those that do not mention the bot come without their text',
        remedy: `Set messageContent: true for ${account} (DISCORD_MESSAGE_CONTENT=true)${portal}; or take "always" out of the route's triggers.`,
      }
    }
    return {
      verdict: 'ok',
      subject,
      reason:
        'is not asked for: mentions, replies to the bot, direct messages and commands work; what is said to nobody, or to the bot by its role alone, comes without its text',
    }
  }
  if (isEnabled === false) {
    return {
      verdict: 'fault',
      subject,
      reason: 'is asked for, but not enabled for this bot: the gateway will refuse it (4014)',
      remedy: MESSAGE_CONTENT_REMEDY,
    }
  }
  const reason =
    isEnabled === true ? 'is enabled' : 'is asked for; the server does not say whether it is enabled'
  return { verdict: 'ok', subject, reason }
}

function publicKey({ account, settings }: CheckParts, application: Fields): readonly Finding[] {
  const subject = `${account} interactions endpoint`
  const endpoint = readString(application['interactions_endpoint_url'])
  const path = `/webhooks/${segment(account)}`
  if (settings.publicKey === undefined) {
    if (endpoint === undefined) return []
    return [
      {
        verdict: 'fault',
        subject,
        reason: 'is set at Discord: commands and buttons go there, and none comes over the gateway',
        remedy: `Set publicKey if that address is this bridge; otherwise open ${PORTAL}, your application, "General Information", clear "Interactions Endpoint URL" and save.`,
      },
    ]
  }
  const theirs = readString(application['verify_key'])
  if (theirs !== undefined && theirs.toLowerCase() !== settings.publicKey.toLowerCase()) {
    return [
      {
        verdict: 'fault',
        subject,
        reason: 'publicKey is not that of this application: every call would be refused',
        remedy: `Set publicKey to ${theirs} (${PORTAL}, your application, "General Information", "Public Key").`,
      },
    ]
  }
  if (endpoint !== undefined && !endpoint.replace(/\/+$/, '').endsWith(path)) {
    return [
      {
        verdict: 'warning',
        subject,
        reason: `is set to a path that is not this account's (${path})`,
        remedy: `Open ${PORTAL}, your application, "General Information", and let "Interactions Endpoint URL" end in ${path}, unless a server in front of the bridge rewrites it.`,
      },
    ]
  }
  const reason =
    endpoint === undefined ? 'is not set at Discord: interactions come over the gateway' : 'is set at Discord'
  if (endpoint !== undefined || settings.mode === 'gateway') return [{ verdict: 'ok', subject, reason }]
  return [
    {
      verdict: 'warning',
      subject,
      reason: 'is not set at Discord, so nothing comes in',
      remedy: `Start the bridge, then open ${PORTAL}, your application, "General Information", and set "Interactions Endpoint URL" to the bridge's public address with ${path} behind it.`,
    },
  ]
}
