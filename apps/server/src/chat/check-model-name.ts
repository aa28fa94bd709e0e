import { ApiError } from '@qwenvl/openai';

/** Requests name the loaded model, or `default`. @throws ApiError 404 */
export function checkModelName(model: string, id: string): void {
  if (model === id || model === 'default') return;
  throw new ApiError({
    status: 404,
    code: 'model_not_found',
    param: 'model',
    message: `The model '${model}' is not served here; this server has '${id}'.`,
  });
}
