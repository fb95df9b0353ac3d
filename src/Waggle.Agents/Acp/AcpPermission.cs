using System.Text.Json;

namespace Waggle.Agents.Acp;

/// <summary>A request for permission, which names the options for its answer.</summary>
internal static class AcpPermission
{
    public static IReadOnlyList<AgentFact> Read(JsonElement root, string line, AgentStart start)
    {
        var (id, call) = (root.At("id"), root.At("params", "toolCall"));
        // Once is enough: a right for later requests is the operator's to give.
        var allow = Option(root, "allow_once") ?? Option(root, "allow_always");
        var deny = Option(root, "reject_once") ?? Option(root, "reject_always");
        var denied = Answer(id, deny);
        if (allow is null) return [new LogFact(line), new ReplyFact(denied)];
        var (title, kind) = (call.Text("title") ?? "a tool", call.Text("kind"));
        var isGranted = start.Rights == AgentRights.Full || (start.Rights == AgentRights.Edit && kind == "edit" && IsWithin(call, start.Folder));
        if (isGranted) return [new LogFact($"Allowed by the worker's rights: {title}"), new ReplyFact(Answer(id, allow))];
        var input = call.At("rawInput");
        var question = input.ValueKind == JsonValueKind.Undefined ? $"May the agent do this: {title}?" : $"May the agent do this: {title}? {input}";
        var denial = new DenialFact(title, call.Text("toolCallId") ?? id.ToString(), "The answer was no.");
        return [new ApprovalFact(id.ToString(), question, Answer(id, allow), denied, denial)];
    }

    // The right is that to the files of the folder, and a request that names no file could mean any.
    private static bool IsWithin(JsonElement call, string folder)
    {
        var paths = call.Items("locations").Select(location => location.Text("path")).ToList();
        return paths.Count > 0 && paths.TrueForAll(path => path is not null && IsBelow(path, folder));
    }

    private static bool IsBelow(string path, string folder)
    {
        if (path.Contains('\0', StringComparison.Ordinal)) return false;
        var root = Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder));
        var below = Path.EndsInDirectorySeparator(root) ? root : root + Path.DirectorySeparatorChar;
        var full = Path.GetFullPath(path, root);
        return full.Length > below.Length && full.StartsWith(below, StringComparison.Ordinal);
    }

    private static string? Option(JsonElement root, string kind) =>
        root.Items("params", "options").Where(option => option.Text("kind") == kind).Select(option => option.Text("optionId")).FirstOrDefault();

    // An agent without an option to reject is told that the request is cancelled.
    private static string Answer(JsonElement id, string? option) => Json.Line(w =>
    {
        w.WriteString("jsonrpc"u8, "2.0");
        w.WritePropertyName("id"u8);
        id.WriteTo(w);
        w.WriteStartObject("result"u8);
        w.WriteStartObject("outcome"u8);
        w.WriteString("outcome"u8, option is null ? "cancelled" : "selected");
        if (option is not null) w.WriteString("optionId"u8, option);
        w.WriteEndObject();
        w.WriteEndObject();
    });
}
