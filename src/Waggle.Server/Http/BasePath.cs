using System.Collections.Frozen;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Waggle.Dialects;

namespace Waggle.Server.Http;

/// <summary>Checks <see cref="WaggleServerOptions.BasePath"/>. Thread-safe.</summary>
public static class BasePath
{
    /// <summary>The rule for a base path, which follows the value in a message.</summary>
    public const string Rule = "is not a path such as /waggle, without a slash at its end, whose first name is neither the hub's own nor a dialect's.";

    // A request without the base path begins with one of these names, and must not be taken for one with it.
    private static readonly FrozenSet<string> Taken = new[] { "ws", "api", "ui", "dialects", "socket.io", "openapi", "metrics", "health" }
        .Concat(DialectTable.All.SelectMany(PathsOf).Select(path => path.Split('/')[1]).Where(name => name.Length > 0))
        .ToFrozenSet(StringComparer.OrdinalIgnoreCase);

    /// <summary>Returns whether a text is a base path; an empty one stands for none.</summary>
    public static bool IsOne(string path)
    {
        if (path.Length == 0) return true;
        var names = path.Split('/');
        return names is ["", _, ..]
            && names.Skip(1).All(n => n is not ("" or "." or "..") && n.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.' or '~'))
            && !Taken.Contains(names[1]);
    }

    // A dialect may share the hub's own port.
    private static IEnumerable<string> PathsOf(DialectEntry dialect) => [dialect.OwnPath, .. dialect.MorePaths, .. dialect.Routes.Select(r => r.Pattern)];

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
