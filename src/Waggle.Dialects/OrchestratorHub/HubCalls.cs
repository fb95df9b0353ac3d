using System.Text.Json;
using Waggle.Core.Insight;
using Waggle.Dialects.Http;
using Waggle.Dialects.Mapping;

namespace Waggle.Dialects.OrchestratorHub;

/// <summary>The HTTP calls about the hub, the hive and the caller.</summary>
internal static class HubCalls
{
    public static async Task<DialectReply> StatusAsync(DialectRequest request)
    {
        var overview = await request.QueryAsync(new GetOverview { By = request.By });
        return OrchestratorHubHttp.Reply(200, request, writer => Snapshots.HiveStatus.Write(writer, overview, ObjectMap.NoRecord));
    }

    public static async Task<DialectReply> HealthAsync(DialectRequest request)
    {
        var answers = request.Hive.Store.TakesCreations;
        await Task.CompletedTask;
        return OrchestratorHubHttp.Reply(answers ? 200 : 503, request, writer =>
        {
            writer.WriteString("status"u8, answers ? "healthy"u8 : "unhealthy"u8);
            writer.WriteString("version"u8, request.Hub);
            writer.WriteNumber("uptime_seconds"u8, (long)request.Uptime.TotalSeconds);
        });
    }

    public static Task<DialectReply> RootAsync(DialectRequest request) => Task.FromResult(OrchestratorHubHttp.Reply(200, request, writer =>
    {
        writer.WriteString("name"u8, request.Hub);
        writer.WriteString("websocket"u8, "/ws"u8);
        writer.WriteStartArray("endpoints"u8);
        foreach (var route in OrchestratorHubHttp.There) writer.WriteStringValue($"{route.Method} {route.Pattern}");
        writer.WriteEndArray();
    }));

    // The last measurement of the hub; a value that it could not measure is null.
    public static async Task<DialectReply> ResourcesAsync(DialectRequest request)
    {
        var system = await ModuleCalls.SystemAsync(request);
        return OrchestratorHubHttp.Reply(200, request, writer =>
        {
            writer.WriteStartObject("system_resources"u8);
            writer.WriteNumber("cpu_cores"u8, system.Host.CpuCores);
            Number(writer, "available_memory"u8, system.Host.MemoryAvailableBytes);
            Number(writer, "cpu_usage"u8, system.Host.CpuPercent);
            Number(writer, "memory_usage"u8, system.Host.MemoryUsedPercent);
            writer.WriteNull("simd_capabilities"u8);
            writer.WritePropertyName("last_updated"u8);
            IsoTime.Write(writer, system.At);
            writer.WriteEndObject();
            writer.WriteNull("resource_profile"u8);
            writer.WriteNull("hardware_class"u8);
        });
    }

    private static void Number(Utf8JsonWriter writer, ReadOnlySpan<byte> name, double? value)
    {
        if (value is { } number) writer.WriteNumber(name, Math.Round(number, 1));
        else writer.WriteNull(name);
    }

    // Returns the caller, as its token states it.
    public static Task<DialectReply> WhoAsync(DialectRequest request) => Task.FromResult(OrchestratorHubHttp.Reply(200, request, writer =>
    {
        writer.WriteStartObject("user"u8);
        writer.WriteString("id"u8, request.By.User);
        writer.WriteString("username"u8, request.By.Subject);
        writer.WriteStartArray("permissions"u8);
        foreach (var permission in request.By.Permissions.Order(StringComparer.Ordinal)) writer.WriteStringValue(permission);
        writer.WriteEndArray();
        writer.WriteEndObject();
    }));
}
