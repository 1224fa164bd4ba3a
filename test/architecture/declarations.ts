// Rules about what decorators declare: who may call a route, and who runs a job.

import type { DecoratedMember, SourceFile } from './source-file.js';

const ACCESS = ['Public', 'AnyCaller', 'SignedIn', 'AdminOnly'];
const ROUTE = ['Get', 'Post', 'Put', 'Patch', 'Delete', 'Head', 'Options', 'All', 'Search'];
const JOB_HANDLER = 'HandlesJob';

/** One line for each route that does not declare exactly one access, on its method or on its class. */
export function accessProblems(files: readonly SourceFile[]): string[] {
  return routesOf(files).flatMap(({ path, route, controller }) => {
    const declared = [...named(route, ACCESS), ...named(controller, ACCESS)];
    return declared.length === 1
      ? []
      : [`${path}: ${route.name} declares ${declared.length} accesses (${declared.join(', ') || 'none'})`];
  });
}

/** How many routes the tree has; none would mean that the rule looks at nothing. */
export function countRoutes(files: readonly SourceFile[]): number {
  return routesOf(files).length;
}

/** One line for each job without exactly one handler, and for each handler of an unknown job. */
export function handlerProblems(files: readonly SourceFile[], jobNames: readonly string[]): string[] {
  const handlers = files.flatMap(({ path, decorated }) =>
    decorated.flatMap(({ name, decorators }) =>
      decorators
        .filter((decorator) => decorator.name === JOB_HANDLER)
        .map(({ argument }) => ({ job: argument ?? '', where: `${path}: ${name}` })),
    ),
  );
  const unknown = handlers.filter(({ job }) => !jobNames.includes(job));
  const miscounted = jobNames.flatMap((job) => {
    const places = handlers.filter((handler) => handler.job === job).map(({ where }) => where);
    return places.length === 1
      ? []
      : [`${job} has ${places.length} handlers (${places.join(', ') || 'none'})`];
  });
  return [...unknown.map(({ job, where }) => `${where} handles ${job}, which is no job`), ...miscounted];
}

function routesOf(files: readonly SourceFile[]) {
  return files.flatMap(({ path, decorated }) =>
    decorated
      .filter((member) => named(member, ROUTE).length > 0)
      .map((route) => ({
        path,
        route,
        controller: decorated.find(({ name }) => name === route.className),
      })),
  );
}

function named(member: DecoratedMember | undefined, names: readonly string[]): string[] {
  return (member?.decorators ?? []).map(({ name }) => name).filter((name) => names.includes(name));
}
