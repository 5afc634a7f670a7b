<?php
$wgLanguageCode = 'ar';
