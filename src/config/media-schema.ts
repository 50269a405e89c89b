// What may be set about pictures, files and sound.

import { z } from 'zod'
import { id, decimal, whole, yesOrNo } from './fields.ts'

/** Of a route. Coze takes files of 512 MB (Coze docs: upload file); a question of 1 MB of text is more than any model reads. */
export const media = () =>
  z
    .strictObject({
      maxFileMB: whole(512, 1).default(512).describe('Larger files are left out; Coze takes 512 MB.'),
      inlineTextKB: whole(1_024)
        .default(64)
        .describe('Text files up to this size are read into the question; 0 = none.'),
      mergeWindowMs: whole(60_000)
        .default(2_000)
        .describe('A picture without words waits so long for its question; 0 = not at all.'),
      attach: yesOrNo()
        .default(true)
        .describe('Pictures and files of an answer are attached to it; false: they stay links.'),
    })
    .prefault({})
    .describe('Pictures and files, both ways.')

/** Of a route. */
export const voice = () =>
  z
    .strictObject({
      input: z
        .enum(['transcribe', 'audio', 'file'])
        .default('transcribe')
        .describe(
          'What becomes of a voice message: its words are asked, the agent hears it, or it is a file like any other.',
        ),
      quote: yesOrNo().default(false).describe('What was heard stands above the answer.'),
      replies: z
        .enum(['never', 'voice', 'always'])
        .default('never')
        .describe('Which replies are spoken, too: those to voice messages, or all.'),
      voice: id().optional().describe('The id of a voice, from Coze.'),
      speed: decimal(0.5, 2).optional().describe('0.5 to 2; 1 is as the voice speaks.'),
    })
    .prefault({})
    .describe('Voice messages, both ways.')

/** Of the whole bridge. */
export const mediaAccess = z
  .strictObject({
    allowHosts: z
      .array(z.string().trim())
      .default([])
      .describe(
        'name:port (or name, for 80 and 443) of servers in your own network whose files may be fetched: the MinIO of a Coze Studio. Public ones, and that of coze.apiBase, need not stand here.',
      ),
  })
  .prefault({})
  .describe('Where the files of an answer may be fetched.')
