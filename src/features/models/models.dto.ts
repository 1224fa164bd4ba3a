import { z } from 'zod';
import { boundedText, timestamp, uuid } from '../../common/http/fields.js';
import { pageFields, pageSchema } from '../../common/http/pages.js';
import { MODEL_VISIBILITIES, type ModelRow } from './model.entity.js';

const name = boundedText(1, 200);
const description = boundedText(0, 10_000);
const visibility = z.enum(MODEL_VISIBILITIES);
const number = z.int().min(1).max(2_147_483_647);

/** Not a number, so that one always knows which of the two is meant. */
const aliasName = z
  .string()
  .regex(/^[a-z][a-z0-9._-]{0,63}$/, 'must be a-z, 0-9, . _ -, beginning with a letter');

export const createModelSchema = z.strictObject({
  name,
  description: description.default(''),
  visibility: visibility.default('private'),
});
export type CreateModelRequest = z.infer<typeof createModelSchema>;

export const changeModelSchema = z.strictObject({
  name: name.optional(),
  description: description.optional(),
  visibility: visibility.optional(),
});
export type ChangeModelRequest = z.infer<typeof changeModelSchema>;

export const listModelsSchema = z.strictObject({
  visibility: visibility
    .optional()
    .meta({ description: '`public`: the models that everybody may ask; else only your own ones.' }),
  ...pageFields,
});
export type ListModelsRequest = z.infer<typeof listModelsSchema>;

export const aliasParams = z.strictObject({ id: uuid, name: aliasName });
export type AliasParams = z.infer<typeof aliasParams>;

export const setAliasSchema = z.strictObject({ version: number });
export type SetAliasRequest = z.infer<typeof setAliasSchema>;

/** A version as a prediction names it: its number, or an alias. */
export const versionSelector = z.union([number, aliasName]);
export type VersionSelector = z.infer<typeof versionSelector>;

export const modelResponseSchema = z
  .object({
    id: uuid,
    name: z.string(),
    description: z.string(),
    visibility,
    aliases: z
      .record(z.string(), z.int())
      .meta({ description: 'Names of versions, with their numbers; `latest` moves by itself.' }),
    createdAt: timestamp,
    updatedAt: timestamp,
  })
  .meta({ id: 'Model' });
export type ModelResponse = z.infer<typeof modelResponseSchema>;

export const modelPageSchema = pageSchema(modelResponseSchema);

/** A model as clients see it. */
export function toModelResponse(model: ModelRow): ModelResponse {
  return {
    id: model.id,
    name: model.name,
    description: model.description,
    visibility: model.visibility,
    aliases: { ...model.aliases },
    createdAt: model.createdAt.toISOString(),
    updatedAt: model.updatedAt.toISOString(),
  };
}
