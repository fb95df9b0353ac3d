using Waggle.Core.Access;

namespace Waggle.Server.Tests.Auth;

/// <summary>docs/auth.md and the permissions in the code agree.</summary>
public sealed class AuthPageTests
{
    [Fact]
    public void Every_permission_and_role_stands_on_the_page_as_it_is()
    {
        string[] code =
        [
            .. Permissions.All.Select(p => $"| `{p.Name}` | {string.Join(", ", p.Grants.Select(g => $"`{g}`"))} | {p.Meaning} |"),
            .. Permissions.Roles.Select(r => $"| `{r.Name}` | {string.Join(", ", r.Permissions.Select(g => $"`{g}`"))} | {r.Meaning} |"),
        ];
        var page = File.ReadLines(Path.Combine(Root(), "docs", "auth.md"))
            .SkipWhile(l => l != "### Permissions").TakeWhile(l => l != "## Limits to swarms")
            .Where(l => l.StartsWith("| `", StringComparison.Ordinal)).ToArray();
        Assert.True(code.SequenceEqual(page), $"docs/auth.md should have these rows:\n{string.Join('\n', code)}");
    }

    [Fact]
    public void A_role_is_made_of_permissions_that_there_are() =>
        Assert.Empty(Permissions.Roles.SelectMany(r => r.Permissions).Except(Permissions.All.Select(p => p.Name)));

    private static string Root()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "Waggle.slnx"))) folder = folder.Parent!;
        return folder.FullName;
    }
}
