using Waggle.Survey.State;

namespace Waggle.Survey.Views;

/// <summary>The sentences that all views share.</summary>
internal static class DemoTexts
{
    public static IEnumerable<string> Opening(DemoScene scene)
    {
        yield return $"Surveying {scene.Options.Directory}";
        yield return $"Hub   {Url(scene)}, open it in a browser to watch; the workers are processes of their own";
        yield return $"Data  {scene.Data}{(scene.DataIsTemporary ? " (deleted at the end; keep it with --data DIR)" : "")}";
    }

    public static string Hold(DemoScene scene, string swarm) =>
        $"""
        The hub stays up at {Url(scene)} — Ctrl-C ends it. In another terminal:
          waggle task list --swarm {swarm} --url {Url(scene)}
          waggle agent list --url {Url(scene)}
          waggle watch --url {Url(scene)}
        """;

    public static string Progress(DemoState state)
    {
        if (state.Listed == 0) return "nothing listed yet";
        var share = state is { IsListed: true, Listed: > 0 } ? $" ({100L * state.Ended / state.Listed} %)" : "";
        var listing = state.IsListed ? "" : ", still listing";
        return $"{state.Ended} of {state.Listed} {(state.Listed == 1 ? "file" : "files")}{share}{listing}, {Rate(state)}";
    }

    /// <summary>Formats the rate over the time between the first assignment and the last end.</summary>
    public static string Rate(DemoState state)
    {
        var seconds = (state.LastEndedAt - state.FirstAssignedAt)?.TotalSeconds ?? 0;
        return seconds > 0 ? $"{state.Ended / seconds:0} files/s" : "– files/s";
    }

    public static string Since(DemoScene scene, DateTimeOffset at) => $"{Math.Max(0, (at - scene.StartedAt).TotalSeconds):0.0} s";

    /// <summary>Returns the end of a path, which is more specific than its beginning.</summary>
    public static string Tail(string path, int width) => path.Length <= width ? path : "…" + path[^(width - 1)..];

    private static string Url(DemoScene scene) => scene.Url.GetLeftPart(UriPartial.Authority);
}
