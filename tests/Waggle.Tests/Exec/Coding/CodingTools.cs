using Waggle.TestKit;
using Waggle.Tests.Cli;

namespace Waggle.Tests.Exec.Coding;

/// <summary>The coding agents of other authors, which <c>tests/Interop/tools</c> installs.</summary>
internal static class CodingTools
{
    /// <summary>Returns the folder of an installed program; skips the test without it.</summary>
    public static string FolderOf(string program)
    {
        var folder = Path.Combine(Checkout.Root, "artifacts", "agents", "node_modules", ".bin");
        Require.That(File.Exists(Path.Combine(folder, program)), $"'{program}' is not in {folder}. tests/Interop/tools installs it.");
        Require.Tool(Path.Combine(folder, program), "--version");
        return folder;
    }

    /// <summary>Writes a shell script that stands for an agent's program, and returns its folder.</summary>
    public static string Script(TempFolder folder, string program, string script)
    {
        var path = folder.File(program);
        File.WriteAllText(path, $"#!/bin/sh\n{script}\n");
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        return Path.GetDirectoryName(path)!;
    }
}
