import { InvalidOptionError } from "../../task/errors.ts";
import type { Encode, Template } from "./template.ts";
import type { RequestValues } from "./values.ts";

/** Fills a template in. */
export function expand(template: Template, values: RequestValues, encode: Encode): string {
  return template.expand((name) => give(name, values, template.path), values.nowMs, encode);
}

function give(name: string, values: RequestValues, path: string): string {
  const { taskIds, region, set, status } = values;
  const value =
    name === "id"
      ? taskIds[0]
      : name === "region"
        ? region
        : name === "status"
          ? status
          : Object.hasOwn(set, name)
            ? set[name]
            : undefined;
  if (value === undefined) {
    const hint =
      name === "region"
        ? "give a region (--region, regionId or ALIBABA_CLOUD_REGION_ID)"
        : `give set.${name}`;
    throw new InvalidOptionError(`${path} needs {${name}}: ${hint}`);
  }
  return value;
}
