using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Waggle.Server.Http;

/// <summary>Checks <see cref="WaggleServerOptions.BasePath"/>. Thread-safe.</summary>
public static class BasePath
{
    /// <summary>The rule for a base path, which follows the value in a message.</summary>
    public const string Rule = "is not a path such as /waggle, without a slash at its end, whose first name is none of the hub's own.";

    // A request without the base path begins with one of these names, and must not be taken for one with it.
    private static readonly string[] OfTheHub = ["ws", "api", "ui", "dialects", "socket.io", "openapi", "metrics", "health"];

    /// <summary>Returns whether a text is a base path; an empty one stands for none.</summary>
    public static bool IsOne(string path)
    {
        if (path.Length == 0) return true;
        var names = path.Split('/');
        return names is ["", _, ..]
            && names.Skip(1).All(n => n is not ("" or "." or "..") && n.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.' or '~'))
            && !OfTheHub.Contains(names[1], StringComparer.OrdinalIgnoreCase);
    }

    internal static string? Problem(string path) => IsOne(path) ? null : $"The base path '{path}' {Rule}";

    /// <summary>Returns whether the path of a request begins with the base path; false without one.</summary>
    internal static bool IsBelow(HttpRequest request, string basePath) =>
        basePath.Length > 0 && request.Path.StartsWithSegments(basePath, StringComparison.OrdinalIgnoreCase);

    /// <summary>Puts the base path before the path of every request that does not have it: a proxy may have removed it.</summary>
    internal static void UseBasePath(this IApplicationBuilder app, string basePath)
    {
        if (basePath.Length == 0) return;
        var prefix = new PathString(basePath);
        app.Use((context, next) =>
        {
            if (!IsBelow(context.Request, basePath)) context.Request.Path = prefix.Add(context.Request.Path);
            return next(context);
        });
    }
}
