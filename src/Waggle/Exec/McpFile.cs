using System.Text;
using System.Text.Json;
using Waggle.Client;
using Waggle.Protocol.Json;

namespace Waggle.Exec;

/// <summary>
/// What a command needs to reach the tools of its task: variables with the address and the token, and a file in the form that MCP clients read
/// (<c>mcpServers</c>).
/// </summary>
/// <param name="Path">The file.</param>
internal sealed record McpFile(string Path, McpAccess Access)
{
    public const string ConfigVariable = "WAGGLE_TASK_MCP_CONFIG";
    public const string UrlVariable = "WAGGLE_TASK_MCP_URL";
    public const string TokenVariable = "WAGGLE_TASK_MCP_TOKEN";

    /// <exception cref="TaskFailedException">The hub refused the access, or there is no folder for the file.</exception>
    public static async Task<McpFile> CreateAsync(TaskWork work, TaskFiles? files, CancellationToken cancel)
    {
        if (files is null) throw new TaskFailedException("SPAWN_FAILED", "--mcp needs a folder for its file, and the temporary folder is not writable.");
        try
        {
            var access = await work.GetMcpAccessAsync(cancel);
            return new(files.Write("mcp.json", Json(access)), access);
        }
        catch (WaggleException e)
        {
            throw new TaskFailedException("MCP_REFUSED", $"The hub gave the task no MCP access: {e.Message}", inner: e);
        }
    }

    public void Put(Dictionary<string, string> variables)
    {
        variables[ConfigVariable] = Path;
        variables[UrlVariable] = Access.Url.ToString();
        if (Access.Token is { } token) variables[TokenVariable] = token;
    }

    private static string Json(McpAccess access)
    {
        using var text = new MemoryStream();
        using (var writer = new Utf8JsonWriter(text, JsonText.Checked))
        {
            writer.WriteStartObject();
            writer.WriteStartObject("mcpServers"u8);
            writer.WriteStartObject("waggle"u8);
            writer.WriteString("type"u8, "http"u8);
            writer.WriteString("url"u8, access.Url.ToString());
            if (access.Token is { } token)
            {
                writer.WriteStartObject("headers"u8);
                writer.WriteString("Authorization"u8, $"Bearer {token}");
                writer.WriteEndObject();
            }

            writer.WriteEndObject();
            writer.WriteEndObject();
            writer.WriteEndObject();
        }

        return Encoding.UTF8.GetString(text.ToArray());
    }
}
