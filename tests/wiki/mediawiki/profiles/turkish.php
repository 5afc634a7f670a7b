<?php
$wgLanguageCode = 'tr';
