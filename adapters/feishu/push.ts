// What does Feishu push? One form for both ways it comes: event type and fields, header and event laid together.
//
// That is how the SDK's dispatcher hands events over; webhook bodies are brought into the same form here.
import { fieldsOf, isFields, readString, type Fields } from '../common/read.ts'

export interface Push {
  readonly type: string
  /** `schema`, then the header's fields, then the event's: where names meet, the event's stand. */
  readonly fields: Fields
}

export const MESSAGE = 'im.message.receive_v1'
export const RECALLED = 'im.message.recalled_v1'
export const BOT_ADDED = 'im.chat.member.bot.added_v1'
export const BOT_REMOVED = 'im.chat.member.bot.deleted_v1'
export const DISBANDED = 'im.chat.disbanded_v1'
export const CHAT_ENTERED = 'im.chat.access_event.bot_p2p_chat_entered_v1'
export const CHAT_CREATED = 'p2p_chat_create'
export const MENU = 'application.bot.menu_v6'
export const CARD_ACTION = 'card.action.trigger'

/** What becomes an event of ours. */
export const READ_TYPES = [
  MESSAGE,
  RECALLED,
  BOT_ADDED,
  BOT_REMOVED,
  DISBANDED,
  CHAT_ENTERED,
  CHAT_CREATED,
  MENU,
  CARD_ACTION,
] as const

/**
 * What an app may be subscribed to all the same. Each has a handler that does nothing: without one the SDK warns and
 * acknowledges with words. https://open.feishu.cn/document/server-docs/event-subscription-guide/event-list
 */
export const IGNORED_TYPES = [
  'im.message.message_read_v1',
  'im.message.reaction.created_v1',
  'im.message.reaction.deleted_v1',
  'im.message.bot_muted_v1',
  'im.chat.updated_v1',
  'im.chat.member.user.added_v1',
  'im.chat.member.user.deleted_v1',
  'im.chat.member.user.withdrawn_v1',
  'url.preview.get',
  'application.application.app_version.audit_v6',
  'application.application.app_version.publish_apply_v6',
  'application.application.app_version.publish_revoke_v6',
  'application.application.created_v6',
  'application.application.feedback.created_v6',
  'application.application.feedback.updated_v6',
  'application.application.visibility.added_v6',
  'app_open',
  'app_status_change',
  'app_uninstalled',
  'order_paid',
  'add_bot',
  'remove_bot',
  'p2p_chat_entered',
  'message',
  'message_read',
  'add_user_to_chat',
  'remove_user_from_chat',
  'revoke_add_user_from_chat',
  'chat_disband',
  'contact.user.created_v3',
  'contact.user.updated_v3',
  'contact.user.deleted_v3',
  'contact.department.created_v3',
  'contact.department.updated_v3',
  'contact.department.deleted_v3',
  'contact.scope.updated_v3',
] as const

/** A webhook's body, both versions of the envelope; undefined where it names no event. */
export function readEnvelope(body: Fields): Push | undefined {
  const { header, event, ...rest } = body
  const type = isFields(header) ? readString(header['event_type']) : readString(fieldsOf(event)['type'])
  if (type === undefined) return undefined
  return {
    type,
    fields: isFields(header) ? { ...rest, ...header, ...fieldsOf(event) } : { ...fieldsOf(event), ...rest },
  }
}

/** Events of one chat keep their order; those without a chat keep a person's. */
export function chatOf({ fields }: Push): string {
  return (
    readString(fields['chat_id']) ??
    readString(fieldsOf(fields['message'])['chat_id']) ??
    readString(fieldsOf(fields['context'])['open_chat_id']) ??
    readString(fieldsOf(fieldsOf(fields['operator'])['operator_id'])['open_id']) ??
    ''
  )
}
