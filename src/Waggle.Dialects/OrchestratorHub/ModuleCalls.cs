using Waggle.Core.Insight;
using Waggle.Core.Kernel;
using Waggle.Dialects.Http;
using Waggle.Dialects.Mapping;
using Waggle.Protocol;
using Waggle.Protocol.Model;

namespace Waggle.Dialects.OrchestratorHub;

/// <summary>The HTTP calls about the parts of this hub, by the names of <c>module_status_changed</c>.</summary>
internal static class ModuleCalls
{
    private static readonly Gauge[] Gauges = [.. AlertRules.Standard.Select(r => r.Gauge).Distinct()];

    public static async Task<DialectReply> ModulesAsync(DialectRequest request)
    {
        var system = await SystemAsync(request);
        return OrchestratorHubHttp.Reply(200, request, writer =>
        {
            writer.WriteString("status"u8, Vocabulary.Of(system.Status));
            writer.WriteStartObject("modules"u8);
            foreach (var (module, status) in system.Modules)
            {
                writer.WriteStartObject(module);
                writer.WriteString("status"u8, Vocabulary.Of(status));
                writer.WritePropertyName("affects"u8);
                JsonShapes.WriteTexts(writer, Modules.Affected[module]);
                writer.WriteEndObject();
            }

            writer.WriteEndObject();
        });
    }

    public static async Task<DialectReply> ModuleHealthAsync(DialectRequest request)
    {
        var (module, system) = (ModuleOf(request), await SystemAsync(request));
        return OrchestratorHubHttp.Reply(200, request, writer =>
        {
            writer.WriteString("module"u8, module);
            writer.WriteString("status"u8, Vocabulary.Of(system.Modules.GetValueOrDefault(module)));
            writer.WritePropertyName("last_check"u8);
            IsoTime.Write(writer, system.At);
            writer.WriteStartArray("alerts"u8);
            foreach (var alert in system.Alerts.Where(a => a.Module == module))
            {
                writer.WriteStartObject();
                writer.WriteString("id"u8, alert.Id);
                writer.WriteString("level"u8, Vocabulary.Of(alert.Level));
                writer.WriteString("message"u8, alert.Message);
                writer.WriteEndObject();
            }

            writer.WriteEndArray();
        });
    }

    // The measurements that the alerts of the module use.
    public static async Task<DialectReply> ModuleMetricsAsync(DialectRequest request)
    {
        var (module, system) = (ModuleOf(request), await SystemAsync(request));
        return OrchestratorHubHttp.Reply(200, request, writer =>
        {
            writer.WriteString("module"u8, module);
            writer.WriteStartObject("metrics"u8);
            foreach (var gauge in Gauges.Where(g => g.Module == module))
            {
                if (gauge.Read(system) is { } value) writer.WriteNumber(gauge.Metric, value);
                else writer.WriteNull(gauge.Metric);
            }

            writer.WriteEndObject();
        });
    }

    internal static Task<SystemView> SystemAsync(DialectRequest request) => request.AskAsync(new ShowSystem { By = request.By });

    private static string ModuleOf(DialectRequest request) => request.Route("module") is var module && Modules.Affected.ContainsKey(module)
        ? module
        : throw new DialectException(
            new Error(ErrorCodes.NotFound, $"There is no module '{PayloadReader.Clip(module)}'; this hub has {string.Join(", ", Modules.Affected.Keys)}."));
}
