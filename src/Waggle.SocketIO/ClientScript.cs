using System.Reflection;
using Microsoft.AspNetCore.Http;

namespace Waggle.SocketIO;

/// <summary>Serves the client's script from the npm package socket.io-client, if the package was available when this library was built.</summary>
internal sealed class ClientScript(SocketIOOptions options)
{
    private const string Prefix = "client/";

    private static readonly Assembly Own = typeof(ClientScript).Assembly;

    /// <summary>Gets the names of the files that are embedded in the library.</summary>
    public static IEnumerable<string> Files { get; } =
        [.. Own.GetManifestResourceNames().Where(n => n.StartsWith(Prefix, StringComparison.Ordinal)).Select(n => n[Prefix.Length..])];

    private static readonly string Version = Read("version")?.Trim() ?? "";

    public async Task ServeAsync(HttpContext context, string file)
    {
        var isRead = HttpMethods.IsGet(context.Request.Method) || HttpMethods.IsHead(context.Request.Method);
        if (!options.ServeClient || !isRead || file == "version" || Own.GetManifestResourceStream(Prefix + file) is not { } script)
        {
            context.Response.StatusCode = StatusCodes.Status404NotFound;
            if (!Files.Any())
            {
                await context.Response.WriteAsync(
                    "This server was built without the client's script. Load it from the npm package socket.io-client.", context.RequestAborted);
            }

            return;
        }

        await using (script)
        {
            var tag = $"\"{Version}\"";
            context.Response.Headers.CacheControl = "public, max-age=0";
            context.Response.Headers.ETag = tag;
            if (context.Request.Headers.IfNoneMatch.ToString().Contains(tag, StringComparison.Ordinal))
            {
                context.Response.StatusCode = StatusCodes.Status304NotModified;
                return;
            }

            context.Response.ContentType = file.EndsWith(".map", StringComparison.Ordinal) ? "application/json; charset=utf-8"
                : file.EndsWith(".js", StringComparison.Ordinal) ? "application/javascript; charset=utf-8" : "text/plain; charset=utf-8";
            context.Response.ContentLength = script.Length;
            if (HttpMethods.IsGet(context.Request.Method)) await script.CopyToAsync(context.Response.Body, context.RequestAborted);
        }
    }

    private static string? Read(string file)
    {
        using var stream = Own.GetManifestResourceStream(Prefix + file);
        if (stream is null) return null;
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
