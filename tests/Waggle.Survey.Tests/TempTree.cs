namespace Waggle.Survey.Tests;

/// <summary>A temporary directory, removed after the test.</summary>
internal sealed class TempTree : IDisposable
{
    public TempTree() => Root = Directory.CreateTempSubdirectory("waggle-survey-").FullName;

    public string Root { get; }

    public TempTree With(string path, string text = "x\n") => With(path, System.Text.Encoding.UTF8.GetBytes(text));

    public TempTree With(string path, byte[] bytes)
    {
        var file = Path.Combine(Root, path);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        File.WriteAllBytes(file, bytes);
        return this;
    }

    public void Dispose() => Directory.Delete(Root, recursive: true);
}
