import { InvalidOptionError } from "../../task/errors.ts";
import { quoted } from "../../task/printable.ts";
import type { Endpoint } from "../format/task-api.ts";
import { inHost } from "./encode.ts";
import { isLoopback, parseUrl } from "./hosts.ts";
import { parseTemplate, type Template } from "./template.ts";
import type { RequestValues } from "./values.ts";

/** The hosts of a signed API. */
export interface EndpointTemplate {
  readonly templates: readonly Template[];
  readonly needsRegion: boolean;
  /** Scheme, host and port. @throws {@link InvalidOptionError} without a region, when it takes one. */
  origin(values: RequestValues): string;
}

/** Reads the endpoint of a declaration. @throws {@link InvalidOptionError} for placeholders other than `{region}`. */
export function endpointTemplate(endpoint: Endpoint, path: string): EndpointTemplate {
  const isTable = typeof endpoint === "object";
  const usual = parseTemplate(isTable ? endpoint.default : endpoint, isTable ? `${path}.default` : path);
  const regions = new Map(
    Object.entries(isTable ? (endpoint.regions ?? {}) : {}).map(([region, host]) => [
      region,
      parseTemplate(host, `${path}.regions.${region}`),
    ]),
  );
  const templates = [usual, ...regions.values()];
  for (const template of templates) {
    for (const name of template.names) {
      if (name !== "region") {
        throw new InvalidOptionError(`${template.path} may hold {region} only, got {${name}}`);
      }
    }
  }
  return {
    templates,
    needsRegion: regions.size > 0 || usual.names.has("region"),
    origin: ({ region, nowMs }) => {
      const host = (regions.get(region ?? "") ?? usual).expand(() => needed(region, path), nowMs, inHost);
      const { hostname, origin } = parseUrl(`https://${host}`, path);
      return isLoopback(hostname) ? origin.replace("https:", "http:") : origin;
    },
  };
}

function needed(region: string | undefined, path: string): string {
  if (region === undefined) {
    throw new InvalidOptionError(
      `${path} needs {region}: give a region (--region, regionId or ALIBABA_CLOUD_REGION_ID), got ${quoted(region)}`,
    );
  }
  return region;
}
