// A token that may do all but something. Coze docs: the row "permission" of each call.

const ALL: readonly string[] = [
  'chat',
  'getChat',
  'listMessage',
  'cancelChat',
  'submitToolChat',
  'createConversation',
  'retrieveConversation',
  'listConversation',
  'editConversation',
  'feedback',
  'run',
  'listRunHistory',
  'listWorkflow',
  'getMetaData',
  'uploadFile',
  'retrieveFile',
  'createSpeech',
  'createTranscription',
  'listVoice',
  'getMetadata',
  'listBot',
  'listWorkspace',
]

export function allPermissionsBut(...missing: readonly string[]): readonly string[] {
  return ALL.filter((name) => !missing.includes(name))
}
