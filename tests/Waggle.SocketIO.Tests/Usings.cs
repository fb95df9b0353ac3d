global using Waggle.TestKit;
