namespace Waggle.Architecture.Tests;

/// <summary>The folders of a project import each other in one direction only: no circle, however long.</summary>
public sealed class FolderCircleTests
{
    [Fact]
    public void Folders_of_a_project_form_no_circle()
    {
        var circles = SourceFile.OfTheProduct.GroupBy(f => f.Project, StringComparer.Ordinal)
            .Select(project => (Project: project.Key, Circle: CircleOf(project.Key, project)))
            .Where(p => p.Circle.Count > 0)
            .ToArray();
        Assert.All(circles, p => Assert.Fail($"{p.Project}: {string.Join(" → ", p.Circle)}"));
    }

    [Fact]
    public void A_circle_over_three_folders_is_found()
    {
        SourceFile[] files =
        [
            SourceFile.Parse("src/P/A/A.cs", "using P.B.Inner;"),
            SourceFile.Parse("src/P/B/B.cs", "using static P.C.Type;"),
            SourceFile.Parse("src/P/C/C.cs", "using P.A;"),
            SourceFile.Parse("src/P/D/D.cs", "using P.A; using P.B;"),
        ];
        Assert.Equal(["A", "B", "C", "A"], CircleOf("P", files));
        Assert.Empty(CircleOf("P", files[1..]));
    }

    // The folders of a circle in order, with the first one repeated at the end; empty without a circle.
    private static List<string> CircleOf(string project, IEnumerable<SourceFile> files)
    {
        var imports = files.GroupBy(f => f.Folder, StringComparer.Ordinal).ToDictionary(
            f => f.Key,
            f => f.SelectMany(file => file.Usings).Select(name => FolderOf(project, name)).OfType<string>().Where(to => to != f.Key).Distinct().Order(StringComparer.Ordinal).ToArray(),
            StringComparer.Ordinal);
        var done = new HashSet<string>(StringComparer.Ordinal);
        foreach (var folder in imports.Keys.Order(StringComparer.Ordinal))
        {
            if (Follow(folder, []) is { } circle) return circle;
        }

        return [];

        List<string>? Follow(string folder, List<string> way)
        {
            var at = way.IndexOf(folder);
            if (at >= 0) return [.. way[at..], folder];
            if (done.Contains(folder) || !imports.TryGetValue(folder, out var targets)) return null;
            way.Add(folder);
            foreach (var target in targets)
            {
                if (Follow(target, way) is { } circle) return circle;
            }

            way.RemoveAt(way.Count - 1);
            done.Add(folder);
            return null;
        }
    }

    private static string? FolderOf(string project, string name) =>
        name == project ? "" : name.StartsWith(project + ".", StringComparison.Ordinal) ? name[(project.Length + 1)..].Split('.')[0] : null;
}
